"""Runs a command for its time, CPU and memory, and takes the middle of several rounds."""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import venv

PARENT = pathlib.Path(__file__).with_name("parent.py")


class Failed(Exception):
    """A command did not do what was measured."""


def timed(command, stdin=None):
    """Runs a command that must end with 0; answers seconds, CPU seconds, peak MiB and its output."""
    used, output = used_by(command, stdin)
    return used["seconds"], used["cpu"], used["peak"] / 2**20, output


def used_by(command, stdin=None, env=None, allowed=(0,)):
    """The same as a dict with `began` and `ended` in seconds of the epoch, and `peak` in bytes; and the output."""
    with tempfile.TemporaryFile() as out, tempfile.NamedTemporaryFile("r", encoding="utf-8") as report:
        wrapped = [sys.executable, "-S", "-E", str(PARENT), report.name, *map(str, command)]
        done = subprocess.run(wrapped, input=stdin or b"", stdout=out, stderr=subprocess.PIPE,
                              env={**os.environ, **(env or {})})
        out.seek(0)
        output = out.read()
        if done.returncode not in allowed:
            said = (done.stderr + output)[-2000:].decode(errors="replace")
            raise Failed(f"{command[0]} ended with {done.returncode}: {said}")
        return json.load(report), output


def median(rounds, measure):
    """The middle of so many measurements, number by number."""
    rows = [measure() for _ in range(rounds)]
    return tuple(statistics.median(column) for column in zip(*rows))


def middle(taken, key):
    """The measurement in the middle of an odd number of them, by one of its numbers."""
    return sorted(taken, key=key)[len(taken) // 2]


def peers(folder, *packages):
    """The Python of a virtual environment with these packages."""
    venv.create(folder, with_pip=True)
    python = str(pathlib.Path(folder) / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return python
