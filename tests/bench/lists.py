"""Long lists in the engine: the rows of `long-lists`, the organization page with a million users among them."""

import re
import subprocess

from measure import Failed
from rows import Row, tell

LINE = re.compile(r"^(\S.*?)\s{2,}([\d.]+)\s*ms\s+([\d.]+)\s*ms\s+<\s*(\d+)")


def long_lists(options):
    """Every bar it prints: the 95th percentile against what is to reach."""
    tell("long lists in the engine")
    command = [options.long_lists] + (["50000"] if options.quick else [])
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    rows = [row(*found.groups()) for found in map(LINE.match, done.stdout.splitlines()) if found]
    if not rows:
        raise Failed(f"long-lists ended with {done.returncode}: {done.stdout}{done.stderr}")
    return rows


def row(measure, median, worst, target):
    return Row(measure, float(worst), "ms", f"< {target} ms", float(worst) < float(target), note=f"95th percentile; median {median} ms")
