"""`understudy check` in front of a server: one-off audits and stored organizations."""

import contextlib
import dataclasses
import datetime
import json
import os
import pathlib
import tempfile

from measure import Failed, used_by

PASSWORD = b"pw\n"


@dataclasses.dataclass
class Check:
    """A check and its three phases in seconds: reading the list, asking, writing out."""

    total: int
    load: float
    ask: float
    write: float
    cpu: float
    peak: int
    summary: dict
    server_cpu: float | None = None

    @property
    def rate(self):
        """Mailboxes a second while it asked."""
        return self.total / self.ask

    @property
    def seconds(self):
        """From the start of the process to its end."""
        return self.load + self.ask + self.write

    @property
    def wrong(self):
        """Mailboxes that did not open, although all are healthy."""
        return self.total - self.summary["granted"]


@contextlib.contextmanager
def user_list(mailboxes):
    """A CSV of so many users, as Exchange exports it."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "users.csv"
        with open(path, "w", encoding="utf-8") as file:
            file.write("PrimarySmtpAddress\n")
            file.writelines(f"user{number}@contoso.com\n" for number in range(mailboxes))
        yield path


def healthy(done):
    """The same check, if every mailbox opened: the speed of wrong answers is worth nothing."""
    if done.wrong:
        raise Failed(f"not every mailbox was opened: {done.summary}")
    return done


def audit(binary, server, users, lanes, form="jsonl"):
    """A one-off audit of a list."""
    return check(binary, server, [*reached_by(server), "--users", users], lanes, form)


def check(binary, server, whom, lanes, form="jsonl", data=None):
    """Runs a check that writes its answers to a file."""
    with tempfile.TemporaryDirectory() as folder:
        results = pathlib.Path(folder) / "results"
        command = [binary, "check", *whom, "--password-stdin", "--concurrency", lanes, "--format", form, "--output",
                   results, "--data-dir", data or folder]
        before = server.cpu()
        # What a finding or an incomplete run ends with: the summary says what was wrong.
        used, _ = used_by(command, stdin=PASSWORD, allowed=(0, 1, 2))
        after = server.cpu()
        run, summary = last_words(results, form)
    started, finished = (datetime.datetime.fromisoformat(run[name]).timestamp() for name in ("started_at", "finished_at"))
    done = Check(summary["total"], started - used["began"], finished - started, used["ended"] - finished, used["cpu"],
                 used["peak"], summary, None if before is None else after - before)
    return done


def stored(binary, server, users, data):
    """Keeps an organization with these users in a data folder; answers what the import used."""
    used_by([binary, "organization", "add", "Bench", *reached_by(server), "--data-dir", data])
    return used_by([binary, "user", "import", "Bench", users, "--yes", "--data-dir", data])[0]


def reached_by(server):
    trust = ["--ca-file", server.ca] if server.ca else []
    return ["--ews-url", server.url, "--account", "CONTOSO\\svc-ews", "--auth", "basic", *trust]


def last_words(results, form):
    """Run and summary of a report, without reading a large one into memory."""
    if form == "jsonl":
        with open(results, "rb") as file:
            file.seek(max(0, os.path.getsize(results) - 64 * 1024))
            last = json.loads(file.read().splitlines()[-1])
        return last["run"], last["summary"]
    with open(results, "rb") as file:
        head = file.read(64 * 1024).decode()
    document = json.loads(head[:head.index('"results"')].rstrip().rstrip(",") + "}")
    return document["run"], document["summary"]
