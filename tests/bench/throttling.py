"""How gentle and how fast the check is where the server holds it back: busy mailboxes, and few connections."""

import statistics

import product
from bare import Bare
from measure import middle
from rows import at_least, at_most, tell

BUSY_LANES = 10
BUSY_LATENCY = 100
BACK_OFF = 1000
FLAVORS = {"closed": "accepted and closed", "unavailable": "503", "exceeded": "ErrorExceededConnectionCount"}
LIMIT = 5


def busy(options):
    """10 of 200 mailboxes are busy for a second when they are asked first.

    The ideal is the same list on the same server with nobody busy, and one back-off: the last of the busy ones is at
    the end of the list, and nobody may ask it before its second is over."""
    count = 200
    with product.user_list(count) as users:
        tell("throttled: 10 of 200 mailboxes busy once, and none")
        with Bare(options.server, "--latency", BUSY_LATENCY) as server:
            calm = [product.healthy(product.audit(options.understudy, server, users, BUSY_LANES)).ask
                    for _ in range(options.rounds)]
        runs, early = [], 0
        for _ in range(options.rounds):
            with Bare(options.server, "--latency", BUSY_LATENCY, "--busy-every", 20, "--back-off", BACK_OFF) as server:
                runs.append(product.audit(options.understudy, server, users, BUSY_LANES))
            early += server.counted["early"]
    undisturbed, took = statistics.median(calm), statistics.median(run.ask for run in runs)
    ideal = undisturbed + BACK_OFF / 1000
    return [
        at_most("throttled: false failures", sum(run.wrong for run in runs), 0,
                note=f"10 of {count} busy once for 1 s, {options.rounds} runs; asked again before the end of a back-off: {early}"),
        at_most("throttled: wall / ideal", took / ideal, 1.1,
                note=f"{took:.2f} s; ideal {ideal:.2f} s: {undisturbed:.2f} s with nobody busy, and one back-off of 1 s "
                     f"({BUSY_LANES} lanes, {BUSY_LATENCY} ms)"),
    ]


def limited(options):
    """A server that serves 5 connections, against the same with 5 lanes and no limit."""
    count, rounds = options.scaled(3_000), min(3, options.rounds)
    rows = []
    with product.user_list(count) as users:
        with Bare(options.server, "--latency", 10) as server:
            tell(f"{LIMIT} lanes, no limit")
            base = statistics.median(
                product.healthy(product.audit(options.understudy, server, users, LIMIT)).rate for _ in range(rounds))
        for flavor, words in FLAVORS.items():
            tell(f"27 lanes, a limit of {LIMIT} connections: {words}")
            rows += against(options, users, (flavor, words), base, rounds)
    return rows


def against(options, users, flavor, base, rounds):
    runs, over = [], 0
    for _ in range(rounds):
        with Bare(options.server, "--latency", 10, "--limit", LIMIT, "--flavor", flavor[0]) as server:
            runs.append(product.audit(options.understudy, server, users, 27))
        over += server.counted["over_limit"]
    run = middle(runs, lambda run: run.rate)
    name = f"limit of {LIMIT}, {flavor[1]}"
    return [
        at_most(f"{name}: false failures", sum(run.wrong for run in runs), 0,
                note=f"{run.total:,} mailboxes, {rounds} runs, met the limit {over} times"),
        at_least(f"{name}: share of {LIMIT} lanes", run.rate / base, 0.9, note=f"{run.rate:,.0f} of {base:,.0f} a second, 10 ms"),
    ]
