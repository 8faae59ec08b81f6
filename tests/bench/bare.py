"""The bare server in a process of its own, and wrk in front of it."""

import json
import os
import pathlib
import subprocess
import tempfile

from measure import Failed

HERE = pathlib.Path(__file__).resolve().parent


class Bare:
    """`url` and `ca` are what a client needs; `counted` is what the server saw, once it has ended."""

    def __init__(self, binary, *options, tls=False):
        self.folder = tempfile.TemporaryDirectory()
        command = [str(binary), "0", *map(str, options)] + (["--tls", self.folder.name] if tls else [])
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])
        self.url = f"{'https' if tls else 'http'}://localhost:{self.port}/EWS/Exchange.asmx"
        self.ca = str(pathlib.Path(self.folder.name) / "ca.pem") if tls else None
        self.counted = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        output, _ = self.process.communicate()
        self.counted = json.loads(output)
        self.folder.cleanup()

    def cpu(self):
        """CPU seconds so far, where the system tells; else nothing."""
        try:
            with open(f"/proc/{self.process.pid}/stat", encoding="utf-8") as file:
                words = file.read().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def wrk(server, connections, seconds):
    """Requests a second of a replay of the product's POST, and the latency that wrk saw in milliseconds.

    wrk gives each of its threads the same number of connections, rounded down: three threads for 27."""
    threads = next(threads for threads in (3, 4, 2, 1) if connections % threads == 0)
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "-s", str(HERE / "replay.lua"), server.url]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = {line.split()[0]: line.split()[1:] for line in output.splitlines() if line.split()}
    if "Non-2xx" in lines or "Socket" in lines:
        raise Failed(f"wrk met errors: {output}")
    return float(lines["Requests/sec:"][0]), milliseconds(lines["Latency"][0])


def milliseconds(text):
    for unit, factor in (("us", 0.001), ("ms", 1), ("s", 1000)):
        if text.endswith(unit):
            return float(text.removesuffix(unit)) * factor
    raise Failed(f"wrk says a latency of {text}")
