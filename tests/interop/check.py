"""Runs `understudy check` against a server and reads what it found."""

import dataclasses
import json
import os
import pathlib
import subprocess
import tempfile

from acceptors import ACCOUNT, PASSWORD
from practice import UNDERSTUDY


@dataclasses.dataclass
class Found:
    """What a check said: `verdicts` by mailbox, the cause of the run and the whole document."""

    exit_code: int
    state: str
    cause: str | None
    verdicts: dict
    document: dict
    errors: str

    def message(self):
        """The sentence about the run as a whole."""
        return self.document["run"].get("message") or ""

    def text(self):
        """Every sentence on the way out, to look for words in."""
        return json.dumps(self.document, ensure_ascii=False) + self.errors


def check(url, **asked):
    """A one-off check, see `run`, that must come to a run; what it found."""
    done = run(url, **asked)
    if not done.stdout:
        raise AssertionError(f"no document: exit {done.returncode}\n{done.stderr}")
    return read(done)


def run(url, *, account, password, auth, mailboxes, options=(), environment=None, data=None):
    """A one-off check with a data folder of its own unless one is given, so that no check remembers another."""
    with tempfile.TemporaryDirectory(prefix="interop-check-") as folder:
        users = pathlib.Path(folder) / "users.txt"
        users.write_text("\n".join(mailboxes) + "\n", encoding="utf-8")
        command = [str(UNDERSTUDY), "check", "--ews-url", url, "--account", account, "--password-stdin", "--auth", auth,
                   "--users", str(users), "--json", "--data-dir", data or str(pathlib.Path(folder) / "data"), *options]
        return subprocess.run(command, input=password + "\n", capture_output=True, text=True, timeout=120,
                              env={**os.environ, **(environment or {})})


def read(done):
    document = json.loads(done.stdout)
    if "run" not in document:
        raise AssertionError(f"no run: {done.stdout}{done.stderr}")
    verdicts = {row["mailbox"]: row["verdict"] for row in document["results"]}
    return Found(done.returncode, document["run"]["state"], document["run"]["cause"], verdicts, document, done.stderr)


def against(server, **asked):
    """Checks an `exchange.Exchange` as `request_for` says."""
    return check(server.url, **request_for(server, **asked))


def request_for(server, *, mailboxes=None, options=(), **asked):
    """Asks as the service account by NTLM for every mailbox, the certificate pinned, unless told otherwise."""
    options = ["--pin-sha256", server.certificate.pin(), *options]
    return {"account": ACCOUNT, "password": PASSWORD, "auth": "ntlm", **asked,
            "mailboxes": mailboxes or server.mailboxes, "options": options}
