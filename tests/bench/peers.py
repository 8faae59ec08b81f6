"""Other clients beside the product, against the same server: exchangelib, ews-javascript-api, node-ews."""

import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import product
from bare import HERE, Bare
from measure import Failed, middle, peers, used_by
from rows import information, tell, unmeasured

LANES = 27
EXCHANGELIB = "exchangelib==5.6.0"
# node-ews needs ntlm-client and does not say so.
NODE = ["ews-javascript-api@0.15.3", "node-ews@3.5.0", "ntlm-client@0.1.1"]


def beside(options):
    """How many times as fast the product is, over https, each by its own clock without its start."""
    count = options.scaled(20_000)
    rounds = min(3, options.rounds)
    with Bare(options.server, tls=True) as server:
        with product.user_list(count) as users:
            tell("the product beside its peers")
            ours = [product.healthy(product.audit(options.understudy, server, users, LANES)) for _ in range(options.rounds)]
            ours = middle(ours, lambda run: run.rate)
            rows = []
            for name, (mailboxes, client) in clients(options, server).items():
                tell(name)
                rows.append(compared(f"times {name}", ours, lambda: client(users, options.scaled(mailboxes)), rounds))
    return rows


def clients(options, server):
    """Name -> how many mailboxes are enough for its rate, and how it opens them."""
    schemas = pathlib.Path(server.folder.name) / "schemas"
    return {
        "exchangelib, lean": (2_000, lambda users, count: python(options, server, "lean_exchangelib.py", users, count)),
        "exchangelib, usual": (500, lambda users, count: python(options, server, "usual_exchangelib.py", users, count)),
        "ews-javascript-api": (2_000, lambda users, count: node(options, server, ["open_ews_javascript_api.cjs"], users, count)),
        "node-ews": (500, lambda users, count: node(options, server, ["open_node_ews.cjs", wsdl(schemas)], users, count)),
    }


def compared(measure, ours, client, rounds):
    try:
        taken = [client() for _ in range(rounds)]
    except (Failed, OSError, ValueError, subprocess.CalledProcessError) as error:
        return unmeasured(measure, error)
    rate = statistics.median(rate for rate, _ in taken)
    peak = statistics.median(peak for _, peak in taken) / 1e6
    return information(measure, ours.rate / rate, note=f"it opens {rate:,.0f} a second with {peak:.0f} MB, ours {ours.rate:,.0f} "
                                                       f"with {ours.peak / 1e6:.0f} MB; median of {rounds}")


def python(options, server, script, users, count):
    environment = peers(str(options.cache / "bench-venv"), EXCHANGELIB)
    return opened([environment, HERE / script, server.url, users, LANES, count], {"REQUESTS_CA_BUNDLE": server.ca}, count)


def node(options, server, script, users, count):
    folder = options.cache / "bench-node"
    if not (folder / "installed").exists() or (folder / "installed").read_text() != " ".join(NODE):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([shutil.which("npm"), "install", "--prefix", folder, "--no-audit", "--no-fund", "--silent",
                        "--ignore-scripts", *NODE], check=True, stdout=sys.stderr)
        (folder / "installed").write_text(" ".join(NODE))
    command = ["node", HERE / script[0], server.url, users, LANES, count, *script[1:]]
    return opened(command, {"NODE_PATH": str(folder / "node_modules"), "NODE_EXTRA_CA_CERTS": server.ca}, count)


def opened(command, env, count):
    """Rate by its own clock, and peak memory."""
    used, output = used_by(command, env=env)
    report = json.loads(output)
    if report["opened"] != count:
        raise Failed(f"{command[1]} opened {report['opened']} of {count}")
    return count / report["seconds"], used["peak"]


def wsdl(folder):
    """services.wsdl and its schemas, as node-ews wants them: it writes the server's address into the file."""
    if not folder.exists():
        sys.path.insert(0, str(HERE.parent / "interop"))
        from schemas import schema_folder

        shutil.copytree(schema_folder(), folder)
        (folder / "Services.wsdl").rename(folder / "services.wsdl")
    return folder
