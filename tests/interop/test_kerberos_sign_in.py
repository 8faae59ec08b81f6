"""The ticket cache of this computer: kinit gives a ticket, the product logs on with it and asks for no password.

Builds the optional feature `gssapi`, which wants MIT's development files and libclang; skipped without them.
"""

import glob
import os
import pathlib
import shutil
import subprocess
import unittest

from acceptors import Kerberos, Windows
from certificates import foreign
from exchange import Exchange
from kerberos import USER, Realm
from practice import TARGET

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = TARGET / "debug" / "examples" / "signed_in"


def has_development_files():
    clang = os.environ.get("LIBCLANG_PATH") or glob.glob("/usr/lib/llvm-*/lib/libclang*.so*")
    return bool(clang and shutil.which("pkg-config")) and subprocess.run(
        ["pkg-config", "--exists", "mit-krb5-gssapi"], check=False).returncode == 0


@unittest.skipUnless(has_development_files(), "apt-get install libkrb5-dev libclang-dev pkg-config")
class SignIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Its own selection of features; nothing else is built again for it.
        subprocess.run(["cargo", "build", "--quiet", "-p", "exchange", "--features", "gssapi", "--example", "signed_in"],
                       cwd=ROOT, check=True)
        cls.realm = cls.enterClassContext(Realm("Ticket-Pa55-42"))
        before = dict(os.environ)
        os.environ.update(cls.realm.environment)
        cls.addClassCleanup(lambda: (os.environ.clear(), os.environ.update(before)))

    def setUp(self):
        self.realm.cache.unlink(missing_ok=True)

    def log_on(self, server):
        return subprocess.run([str(PROGRAM), server.url, str(server.certificate.file)], capture_output=True, text=True,
                              timeout=60, env={**os.environ, **self.realm.environment})

    def test_a_ticket_logs_on(self):
        self.realm.sign_in()
        for acceptor in (Kerberos, Windows):
            with self.subTest(acceptor.__name__), Exchange(acceptor=acceptor, protection="require") as server:
                done = self.log_on(server)
                self.assertEqual(done.stdout.split()[1:], ["kerberos", "SHA-256"], done.stderr)
                self.assertEqual({attempt.principal for attempt in server.accepted()}, {USER})

    def test_without_a_ticket_nothing_is_sent(self):
        with Exchange(acceptor=Windows) as server:
            done = self.log_on(server)
            self.assertNotEqual(done.returncode, 0, done.stdout)
            self.assertIn("gives no Kerberos ticket", done.stderr)
            self.assertEqual(server.attempts, [])

    def test_a_wrong_binding_is_refused(self):
        self.realm.sign_in()
        with Exchange(acceptor=Kerberos, protection="require", expects=foreign()) as server:
            done = self.log_on(server)
            self.assertEqual(done.stdout.split()[:2], ["401", "kerberos"], done.stderr)
            self.assertEqual((len(server.accepted()), len(server.refused())), (0, 1))


if __name__ == "__main__":
    unittest.main()
