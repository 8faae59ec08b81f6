"""How fast the check is: against a server that takes 30 ms, and against one that takes no time at all."""

import re
import shutil
import statistics
import subprocess
import tempfile

import product
from bare import Bare, wrk
from measure import middle
from rows import at_least, information, tell, unmeasured

LANES = 27
LATENCY = 30


def latency(options):
    """Share of lanes / latency: long enough that start, log-on and ramp-up do not weigh."""
    count = options.scaled(20_000)
    with product.user_list(count) as users, Bare(options.server, "--latency", LATENCY) as server:
        seen_rate, seen = wrk(server, LANES, options.seconds(5))
        runs = []
        for number in range(options.rounds):
            tell(f"{LATENCY} ms, {LANES} lanes, {count:,} mailboxes, round {number + 1} of {options.rounds}")
            runs.append(product.healthy(product.audit(options.understudy, server, users, LANES)))
    run = middle(runs, lambda run: run.rate)
    ideal = LANES / LATENCY * 1000
    exact = f"the server took {server.counted['mean_delay_ms']:.2f} ms, wrk saw {seen:.2f}"
    note = f"{count:,} mailboxes, verdicts, proof and SQLite on, median of {options.rounds}; {exact}"
    return [
        at_least(f"{LATENCY} ms, {LANES} lanes: share of lanes / latency", run.rate / ideal, 0.95, peak=run.peak, note=note),
        information(f"{LATENCY} ms, {LANES} lanes: share of a wrk replay", run.rate / seen_rate,
                    note=f"{run.rate:,.0f} of {seen_rate:,.0f} a second"),
    ]


def no_latency(options):
    """Share of a wrk replay of the same POST; and what of it is the client's, what the server's."""
    return [row for tls in (True, False) for row in replayed(options, tls)] + [allocations(options)]


def replayed(options, tls):
    name = f"0 ms, {'https' if tls else 'http'}, {LANES} lanes"
    count = options.scaled(50_000)
    with product.user_list(count) as users, Bare(options.server, tls=tls) as server:
        runs, replays = [], []
        # In turn: whatever else the machine does hits both.
        for number in range(options.rounds):
            tell(f"{name}, {count:,} mailboxes and wrk, round {number + 1} of {options.rounds}")
            runs.append(product.healthy(product.audit(options.understudy, server, users, LANES)))
            replays.append(wrk(server, LANES, options.seconds(3))[0])
        most = max(wrk(server, connections, options.seconds(3))[0] for connections in (LANES, 64, 128))
    run, replay = middle(runs, lambda run: run.rate), statistics.median(replays)
    return [
        at_least(f"{name}: share of a wrk replay", run.rate / replay, 0.6, peak=run.peak,
                 note=f"{run.rate:,.0f} of {replay:,.0f} a second while asking, {count:,} mailboxes, median of {options.rounds}"),
        information(f"{name}: share, whole process", count / run.seconds / replay,
                    note=f"load {run.load:.2f} s, ask {run.ask:.2f} s, write out {run.write:.2f} s"),
        information(f"{name}: CPU of the client", run.cpu / count * 1e6, "us a mailbox", note=of_the_server(run)),
        at_least(f"{name}: server / client", most / run.rate, 2,
                 note=f"alone the server gives wrk {most:,.0f} a second" + ("" if most >= 2 * run.rate else ": the server is the limit")),
    ]


def of_the_server(run):
    return "" if run.server_cpu is None else f"server {run.server_cpu / run.total * 1e6:.1f} us a request"


def allocations(options):
    """Calls of the allocator for each further mailbox, by heaptrack: the difference of two lists."""
    measure = "allocations a mailbox"
    if not shutil.which("heaptrack"):
        return information(measure, None, note="heaptrack is not installed")
    few, many = options.scaled(2_000), options.scaled(12_000)
    tell("allocations, by heaptrack")
    with Bare(options.server) as server:
        calls = [allocated(options, server, count) for count in (few, many)]
    if None in calls:
        return unmeasured(measure, "heaptrack did not say how many")
    return information(measure, (calls[1] - calls[0]) / (many - few), note=f"by heaptrack, {few:,} and {many:,} mailboxes, http")


def allocated(options, server, count):
    with product.user_list(count) as users, tempfile.TemporaryDirectory() as folder:
        command = ["heaptrack", "-o", f"{folder}/track", options.understudy, "check", *product.reached_by(server), "--users",
                   users, "--password-stdin", "--concurrency", LANES, "--format", "jsonl", "--output", f"{folder}/results",
                   "--data-dir", folder]
        done = subprocess.run([str(word) for word in command], input=product.PASSWORD, capture_output=True, check=True)
    found = re.search(rb"allocations:\s+(\d+)", done.stdout + done.stderr)
    return int(found.group(1)) if found else None
