"""Whether memory and time stay flat up to a million mailboxes."""

import statistics
import tempfile

import product
from bare import Bare
from rows import at_most, information, tell

LANES = 27
MOST = 40e6
KINDS = {"audit, jsonl": "jsonl", "audit, JSON": "json", "stored, jsonl": None}


def flat(options):
    """Peak memory at 1 k, 100 k and 1 M mailboxes, and how time grows from 100 k to 1 M."""
    sizes = [1_000, options.scaled(100_000), options.scaled(1_000_000)]
    with Bare(options.server) as server:
        taken = {size: at(options, server, size) for size in sizes}
    rows = []
    for kind in KINDS:
        for size in sizes:
            peak = statistics.median(run.peak for run in taken[size][kind])
            rows.append(at_most(f"peak memory, {kind}, {size:,}", peak / 1e6, 40, unit="MB", peak=peak, note=phases(taken[size][kind])))
        first, last = (statistics.median(run.peak for run in taken[size][kind]) for size in (sizes[0], sizes[-1]))
        rows.append(at_most(f"peak memory, {kind}, growth", (last / first - 1) * 100, 10, unit="%"))
        middle, long = (statistics.median(run.seconds for run in taken[size][kind]) for size in sizes[1:])
        rows.append(at_most(f"time at {sizes[2]:,} / at {sizes[1]:,}, {kind}", long / middle, 10.5, note=f"{long:.1f} s / {middle:.2f} s"))
    used = taken[sizes[-1]]["import"]
    rows.append(information(f"import of {sizes[-1]:,} users", used["seconds"], "s", peak=used["peak"]))
    return rows


def at(options, server, size):
    """The checks of a list of this size, by kind; the long ones are run once."""
    rounds = 1 if size > 200_000 else min(3, options.rounds)
    taken = {}
    with product.user_list(size) as users, tempfile.TemporaryDirectory() as data:
        tell(f"memory: import of {size:,}")
        taken["import"] = product.stored(options.understudy, server, users, data)
        for kind, form in KINDS.items():
            tell(f"memory: {kind}, {size:,} mailboxes, {rounds} rounds")
            taken[kind] = [one(options, server, users, form, data) for _ in range(rounds)]
    return taken


def one(options, server, users, form, data):
    if form:
        return product.healthy(product.audit(options.understudy, server, users, LANES, form))
    return product.healthy(product.check(options.understudy, server, ["Bench"], LANES, data=data))


def phases(runs):
    run = runs[0]
    return f"load {run.load:.2f} s, ask {run.ask:.2f} s, write out {run.write:.2f} s; rounds: {len(runs)}"
