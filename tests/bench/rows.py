"""The rows of the one table: what was measured, against what was to reach."""

import dataclasses
import json
import os
import platform
import sys


@dataclasses.dataclass
class Row:
    """One measure. `reached` is nothing where there is no target; `peak` is memory in bytes."""

    measure: str
    value: float | None
    unit: str = ""
    target: str = ""
    reached: bool | None = None
    peak: float | None = None
    note: str = ""

    @property
    def shown(self):
        if self.value is None:
            return "none"
        digits = 0 if abs(self.value) >= 100 or self.value == int(self.value) else 1 if abs(self.value) >= 20 else 2
        return f"{self.value:,.{digits}f}{' ' if self.unit else ''}{self.unit}"

    @property
    def verdict(self):
        return {None: "", True: "reached", False: "MISSED"}[self.reached]


def at_least(measure, value, target, **more):
    return Row(measure, value, target=f">= {target:g}", reached=value >= target, **more)


def at_most(measure, value, target, **more):
    unit = more.get("unit", "")
    return Row(measure, value, target=f"<= {target:g}{' ' if unit else ''}{unit}", reached=value <= target, **more)


def information(measure, value, unit="", **more):
    return Row(measure, value, unit, **more)


def unmeasured(measure, why):
    """A measure that could not be taken: missed, for nobody knows."""
    return Row(measure, None, reached=False, note=" ".join(str(why).split())[:300])


def show(rows, seconds, machine):
    """Prints the table; whether every target was reached."""
    width = max(len(row.measure) for row in rows)
    print(f"\n{machine}; {seconds / 60:.1f} minutes\n")
    print(f"{'measure':{width}} {'value':>16} {'to reach':>12} {'':8} {'peak MB':>8}  note")
    for row in rows:
        peak = f"{row.peak / 1e6:.1f}" if row.peak else ""
        print(f"{row.measure:{width}} {row.shown:>16} {row.target:>12} {row.verdict:8} {peak:>8}  {row.note}".rstrip())
    missed = [row.measure for row in rows if row.reached is False]
    print(f"\n{len(missed)} missed: {'; '.join(missed)}" if missed else "\nEvery target is reached.")
    return not missed


def write(rows, seconds, machine, path):
    """The same as JSON, for programs."""
    document = {"schema": "understudy.bench/1", "machine": machine, "seconds": round(seconds, 1),
                "rows": [dataclasses.asdict(row) for row in rows]}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=2)
        file.write("\n")


def tell(text):
    """Says on stderr what is being done: the table comes last."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def machine():
    """What the numbers were taken on, and whether it did other things when they began."""
    load = os.getloadavg()[0]
    busy = ": it is busy with other things, the numbers say little" if load > 1 else ""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.release()} {platform.machine()}, load {load:.1f}{busy}"
