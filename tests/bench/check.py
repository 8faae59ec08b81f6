"""Benchmark of `understudy check`: rate, CPU, memory, beside exchangelib and a wrk replay of the same POST.

Run by `cargo xtask bench check`, which has built the release binaries. Everything runs on this machine,
on loopback, in one go; each line is the median of several rounds. Numbers of one run compare with each
other, not with those of another machine.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from measure import median, peers, timed

HERE = pathlib.Path(__file__).resolve().parent
EXCHANGELIB = "exchangelib==5.6.0"


class Server:
    """The bare server, in a process of its own."""

    def __init__(self, binary, folder, tls=False, latency=0):
        command = [binary, "0"] + (["--tls", folder] if tls else []) + (["--latency", str(latency)] if latency else [])
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline().split()[1])
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://localhost:{self.port}/EWS/Exchange.asmx"
        self.ca = str(pathlib.Path(folder) / "ca.pem") if tls else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def understudy(binary, server, users, count, lanes):
    command = [binary, "check", "--ews-url", server.url, "--account", "CONTOSO\\svc-ews", "--password-stdin", "--auth",
               "basic", "--users", users, "--concurrency", str(lanes), "--json"]
    if server.ca:
        command += ["--ca-file", server.ca]
    elapsed, cpu, memory, output = timed(command, stdin=b"pw\n")
    summary = json.loads(output)["summary"]
    if summary["granted"] != count:
        sys.exit(f"not every mailbox was granted: {summary}")
    return count / elapsed, cpu, memory


def exchangelib(python, server, users, count, lanes):
    command = [python, str(HERE / "lean_exchangelib.py"), server.url, users, str(lanes)] + ([server.ca] if server.ca else [])
    elapsed, cpu, memory, output = timed(command)
    report = json.loads(output)
    if report["opened"] != count:
        sys.exit(f"exchangelib opened {report['opened']} of {count}")
    # Its own clock: without the start of Python and its imports, in its favor.
    return count / report["seconds"], cpu, memory


def wrk(server, lanes, seconds=4):
    output = subprocess.run(
        ["wrk", "-t2", f"-c{lanes}", f"-d{seconds}s", "-s", str(HERE / "replay.lua"), server.url],
        check=True, capture_output=True, text=True).stdout
    rate = next(line.split()[1] for line in output.splitlines() if line.startswith("Requests/sec"))
    return float(rate), 0.0, 0.0


def wrk_latency(server, lanes):
    """Rate and mean latency that wrk sees: what the server really delivers."""
    output = subprocess.run(
        ["wrk", "-t2", f"-c{lanes}", "-d3s", "-s", str(HERE / "replay.lua"), server.url],
        check=True, capture_output=True, text=True).stdout
    lines = {line.split()[0]: line.split()[1] for line in output.splitlines() if line.split()}
    return float(lines["Requests/sec:"]), lines["Latency"]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--understudy", required=True)
    arguments.add_argument("--server", required=True)
    arguments.add_argument("--mailboxes", type=int, default=2000)
    arguments.add_argument("--lanes", type=int, default=27)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--cache", default=None, help="folder that keeps the virtual environment")
    options = arguments.parse_args()
    count, lanes, rounds = options.mailboxes, options.lanes, options.rounds
    with tempfile.TemporaryDirectory() as folder:
        users = str(pathlib.Path(folder) / "users.csv")
        with open(users, "w", encoding="utf-8") as file:
            file.write("PrimarySmtpAddress\n" + "".join(f"user{n}@contoso.com\n" for n in range(count)))
        python = peers(options.cache or str(pathlib.Path(folder) / "venv"), EXCHANGELIB)
        rows = []
        for tls in (False, True):
            name = "https" if tls else "http"
            with Server(options.server, folder, tls) as server:
                ours = median(rounds, lambda: understudy(options.understudy, server, users, count, lanes))
                lean = median(max(1, rounds // 2), lambda: exchangelib(python, server, users, count, lanes))
                replay = median(rounds, lambda: wrk(server, lanes, 2)) if shutil.which("wrk") else None
            rows.append((f"understudy check, {name}", ours, None))
            rows.append((f"exchangelib lean, {name}", lean, ours[0] / lean[0]))
            if replay:
                rows.append((f"wrk replay, {name}", replay, ours[0] / replay[0]))
        with Server(options.server, folder, latency=30) as server:
            slow = median(rounds, lambda: understudy(options.understudy, server, users, count, lanes))
            rate, latency = wrk_latency(server, lanes)
        ideal = lanes / 0.030
        rows.append((f"wrk, http, 30 ms (saw {latency})", (rate, 0.0, 0.0), None))
        rows.append(("understudy check, http, 30 ms", slow, slow[0] / ideal))
    report(rows, count, lanes, rounds)
    wanted = [("at least 5 x exchangelib", all(r[2] >= 5 for r in rows if r[0].startswith("exchangelib"))),
              ("peak memory at most 60 MiB", all(r[1][2] <= 60 for r in rows if r[0].startswith("understudy"))),
              ("30 ms: at least 0.9 of lanes / latency", rows[-1][2] >= 0.9)]
    for text, reached in wanted:
        print(f"{'reached' if reached else 'MISSED '}  {text}")
    return 0 if all(reached for _, reached in wanted) else 1


def report(rows, count, lanes, rounds):
    print(f"{count} mailboxes, {lanes} lanes, median of {rounds} ({os.cpu_count()} cores)\n")
    print(f"{'measure':34} {'per second':>10} {'CPU s':>7} {'peak MiB':>9}  ratio")
    for name, (rate, cpu, memory), ratio in rows:
        text = ""
        if ratio is not None:
            text = f"{ratio:.2f} of lanes / latency" if "30 ms" in name else f"understudy is {ratio:.2f} x this"
        print(f"{name:34} {rate:10.0f} {cpu:7.2f} {memory:9.1f}  {text}")
    print()


if __name__ == "__main__":
    sys.exit(main())
