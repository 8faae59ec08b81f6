"""Kerberos against MIT's own KDC and acceptor. curl proves the fixture before the product is asked."""

import os
import shutil
import subprocess
import unittest

from acceptors import PASSWORD as ACCOUNT_PASSWORD
from acceptors import PRINCIPAL_NAME, Kerberos, Windows
from certificates import foreign
from check import against
from exchange import Exchange
from kerberos import REALM, SERVICE, USER, Realm

PASSWORD = "Ticket-Pa55-42"


class KerberosCase(unittest.TestCase):
    """A realm for the class; the acceptor in this process finds its key table through the environment."""

    @classmethod
    def setUpClass(cls):
        cls.realm = cls.enterClassContext(Realm(PASSWORD))
        before = dict(os.environ)
        os.environ.update(cls.realm.environment)
        cls.addClassCleanup(lambda: (os.environ.clear(), os.environ.update(before)))

    def server(self, **options):
        return Exchange(offers=("Negotiate",), acceptor=Kerberos, **options)

    def tickets_for_the_service(self):
        return [line for line in self.realm.requests() if "TGS_REQ" in line and SERVICE in line and "ISSUE" in line]


class Fixture(KerberosCase):
    def curl(self, server, *options):
        command = ["curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--max-time", "20",
                   "--cacert", str(server.certificate.file), "--data", "<m:GetFolder>", *options, server.url]
        environment = {name: value for name, value in os.environ.items() if name != "NTLM_USER_FILE"}
        return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout

    def test_curl_logs_on_with_a_ticket_and_not_without(self):
        with self.server() as server:
            self.realm.cache.unlink(missing_ok=True)
            self.assertEqual(self.curl(server, "--negotiate", "--user", ":"), "401", "no ticket yet")
            self.realm.sign_in()
            self.assertEqual(self.curl(server, "--negotiate", "--user", ":"), "200")
            self.assertEqual([attempt.principal for attempt in server.accepted()], [USER])
            self.assertTrue(self.tickets_for_the_service())


    def test_an_absent_binding_is_refused_where_one_is_required(self):
        self.realm.sign_in()
        for protection, status in (("none", "200"), ("require", "401")):
            with self.subTest(protection), self.server(protection=protection) as server:
                self.assertEqual(self.curl(server, "--negotiate", "--user", ":"), status)


class Understudy(KerberosCase):
    def found(self, server, **options):
        return against(server, environment=self.realm.environment,
                       **{"auth": "negotiate", "account": USER, "password": PASSWORD, **options})

    def test_name_and_password_open_every_mailbox(self):
        for account in (USER, f"{REALM}\\svc-ews"):
            with self.subTest(account), self.server() as server:
                found = self.found(server, account=account)
                self.assertEqual(set(found.verdicts.values()), {"granted"}, found.text())
                self.assertEqual({attempt.principal for attempt in server.accepted()}, {USER})
                self.assertEqual(server.refused(), [])

    def test_extended_protection(self):
        with self.server(protection="require") as server:
            found = self.found(server)
            self.assertEqual(set(found.verdicts.values()), {"granted"}, found.text())

    def test_a_wrong_binding_is_refused_once_by_kerberos_and_once_by_ntlm(self):
        with Exchange(offers=("Negotiate", "NTLM"), acceptor=Windows, protection="allow", expects=foreign()) as server:
            found = self.found(server, auth="auto")
            self.assertEqual((found.state, found.cause), ("stopped", "auth.rejected"), found.text())
            self.assertEqual([attempt.claim and attempt.claim.binding for attempt in server.attempts], [None, "wrong"])

    def test_automatic_prefers_kerberos(self):
        with Exchange(offers=("Negotiate", "NTLM"), acceptor=Windows, protection="require") as server:
            found = self.found(server, auth="auto")
            self.assertEqual(set(found.verdicts.values()), {"granted"}, found.text())
            self.assertEqual({attempt.principal for attempt in server.accepted()}, {USER}, found.text())

    def test_without_a_kdc_ntlm_takes_its_place_and_says_so(self):
        elsewhere = Realm(ACCOUNT_PASSWORD)
        elsewhere.configure()
        self.addCleanup(shutil.rmtree, elsewhere.folder)
        with Exchange(offers=("Negotiate",), protection="require") as server:
            found = against(server, auth="negotiate", account=PRINCIPAL_NAME, environment=elsewhere.environment)
            self.assertEqual(set(found.verdicts.values()), {"granted"}, found.text())
            tried = found.document["run"]["authentication"]["tried"]
            self.assertEqual([way["mechanism"] for way in tried], ["kerberos", "ntlm"], tried)

    def test_the_server_gets_no_password_that_the_kdc_refuses(self):
        with self.server() as server:
            before = len(self.realm.requests())
            found = self.found(server, password="wrong")
            self.assertEqual(found.cause, "auth.rejected", found.text())
            self.assertEqual(server.attempts, [], "the KDC has said no: nothing is left to ask the server")
            failed = [line for line in self.realm.requests()[before:] if "PREAUTH_FAILED" in line]
            self.assertEqual(len(failed), 1, "a wrong password is sent once")


if __name__ == "__main__":
    unittest.main()
