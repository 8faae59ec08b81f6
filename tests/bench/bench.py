"""The benchmarks: one table of everything, on this machine in one run. Called by `cargo xtask bench`.

    bench.py [NAME…] [--quick] [--json FILE]

Numbers of one run compare with each other, not with those of another machine. Nothing here is a test: it fails
where a target is missed.
"""

import argparse
import dataclasses
import pathlib
import subprocess
import sys
import time

import cancel
import lists
import memory
import peers
import rows
import speed
import throttling
from measure import Failed

TARGET = pathlib.Path(__file__).resolve().parents[2] / "target"
MEASURES = {
    "latency": speed.latency,
    "speed": speed.no_latency,
    "peers": peers.beside,
    "throttled": throttling.busy,
    "limit": throttling.limited,
    "memory": memory.flat,
    "page": lists.long_lists,
    "cancel": cancel.cancelled,
}


@dataclasses.dataclass
class Options:
    """What every measure needs; `quick` is for trying the benchmarks out, its numbers say nothing."""

    understudy: pathlib.Path
    server: pathlib.Path
    long_lists: pathlib.Path
    cache: pathlib.Path
    quick: bool
    rounds: int

    def scaled(self, count):
        return max(200, count // 20) if self.quick else count

    def seconds(self, count):
        return 1 if self.quick else count


def main():
    arguments = argparse.ArgumentParser(prog="cargo xtask bench")
    arguments.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MEASURES)} [default: all]")
    arguments.add_argument("--quick", action="store_true", help="small lists, one round: whether it works, not how fast")
    arguments.add_argument("--rounds", type=int, default=5, help="median of so many; the minutes-long ones take fewer")
    arguments.add_argument("--json", metavar="FILE", help="write the table as JSON too")
    arguments.add_argument("--release", type=pathlib.Path, default=TARGET / "release", help="folder of the binaries")
    given = arguments.parse_args()
    unknown = [name for name in given.names if name not in MEASURES]
    if unknown:
        arguments.error(f"there is no benchmark {', '.join(unknown)}; there are: {', '.join(MEASURES)}")
    options = Options(*(given.release / name for name in ("understudy", "bare-exchange", "long-lists")), cache=TARGET,
                      quick=given.quick, rounds=1 if given.quick else given.rounds)
    machine, started = rows.machine(), time.monotonic()
    table = [row for name in given.names or MEASURES for row in taken(name, options)]
    seconds = time.monotonic() - started
    if given.json:
        rows.write(table, seconds, machine, given.json)
    return 0 if rows.show(table, seconds, machine) else 1


def taken(name, options):
    """The rows of a measure; one that fails is a row that is missed, and the others go on."""
    try:
        return MEASURES[name](options)
    except (Failed, OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
        return [rows.unmeasured(name, f"{type(error).__name__}: {error}")]


if __name__ == "__main__":
    sys.exit(main())
