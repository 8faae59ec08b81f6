"""Runs a command for its time, CPU and memory, and takes the middle of several rounds."""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import venv


def timed(command, stdin=None):
    """Runs a command that must end with 0; answers seconds, CPU seconds, peak MiB and its output."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.PIPE)
        if stdin:
            process.stdin.write(stdin)
        process.stdin.close()
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        elapsed = time.perf_counter() - started
        out.seek(0)
        output = out.read()
    if process.returncode != 0:
        sys.exit(f"{command[0]} ended with {process.returncode}:\n{errors.decode(errors='replace')}")
    return elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output


def median(rounds, measure):
    """The middle of so many measurements, number by number."""
    rows = [measure() for _ in range(rounds)]
    return tuple(statistics.median(column) for column in zip(*rows))


def peers(folder, *packages):
    """The Python of a virtual environment with these packages."""
    venv.create(folder, with_pip=True)
    python = str(pathlib.Path(folder) / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return python
