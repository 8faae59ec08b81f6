"""How long a check takes to end after Ctrl-C, against a server that does not answer."""

import json
import signal
import statistics
import subprocess
import tempfile
import time

import product
from bare import Bare
from measure import Failed
from rows import at_most, tell


def cancelled(options):
    """Before the log-on was answered, and in the middle of a run with every lane waiting."""
    rows = []
    for name, answers in (("never answers", 0), ("stops answering in mid-run", 100)):
        tell(f"cancel: a server that {name}")
        taken = [interrupted(options, answers) * 1000 for _ in range(options.rounds)]
        rows.append(at_most(f"cancel, server {name}", max(taken), 200, unit="ms",
                            note=f"SIGINT to exit, the longest of {options.rounds}; median {statistics.median(taken):.0f} ms"))
    return rows


def interrupted(options, answers):
    with product.user_list(200) as users, Bare(options.server, "--silent-after", answers) as server, \
            tempfile.TemporaryDirectory() as folder:
        command = [options.understudy, "check", *product.reached_by(server), "--users", users, "--password-stdin",
                   "--concurrency", 10, "--json", "--data-dir", folder]
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        process.stdin.write(product.PASSWORD)
        process.stdin.close()
        process.stdin = None
        time.sleep(1)
        if process.poll() is not None:
            raise Failed(f"the check ended by itself with {process.returncode}: {process.stderr.read()}")
        started = time.perf_counter()
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
        took = time.perf_counter() - started
    state = json.loads(output)["run"]["state"]
    if state != "cancelled":
        raise Failed(f"the run is {state}, and not cancelled")
    return took
