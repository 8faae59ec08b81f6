"""Starts `understudy practice` for a test, and stops it."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
UNDERSTUDY = TARGET / "debug" / "understudy"


class Practice:
    """A practice Exchange in a process of its own; `world` is what it says about itself."""

    def __init__(self, *options):
        self.folder = tempfile.mkdtemp()
        command = [str(UNDERSTUDY), "practice", "--json", "--dir", self.folder, *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.world = json.loads(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __getattr__(self, name):
        return self.world[name]

    def addresses(self):
        import csv
        with open(self.users_file, encoding="utf-8-sig", newline="") as file:
            return [row["PrimarySmtpAddress"] for row in csv.DictReader(file)]
