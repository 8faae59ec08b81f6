"""Clients nobody here wrote log on to the practice Exchange with NTLM and Negotiate."""

import os
import pathlib
import unittest

from exchangelib import NTLM
from exchangelib.errors import ErrorNonExistentMailbox, UnauthorizedError
from exchangelib.protocol import BaseProtocol

from clients import curl, requests_ntlm, spnego_client
from practice import Practice
from schemas import envelopes
from test_exchangelib import account, trusting


class SimulatorCase(unittest.TestCase):
    def practice(self, scenario):
        return Practice("--scenario", scenario, "--users", "5")

    def sent(self, practice, **options):
        """What each client needs to send our own request as the service account."""
        return {"account": practice.account, "password": practice.password,
                "body": envelopes(practice.addresses()[0])["get_folder_smtp"], **options}


class Ntlm(SimulatorCase):
    def test_requests_ntlm(self):
        for scenario in ("ntlm-only", "extended-protection"):
            with self.subTest(scenario), self.practice(scenario) as practice:
                self.assertEqual(requests_ntlm(practice.ews_url, practice.ca_file, **self.sent(practice, times=5)), 200)
                self.assertEqual(requests_ntlm(practice.ews_url, practice.ca_file, **self.sent(practice, password="wrong")), 401)

    def test_curl(self):
        with self.practice("ntlm-only") as practice:
            self.assertEqual(curl(practice.ews_url, practice.ca_file, "--ntlm", **self.sent(practice)), 200)
            self.assertEqual(curl(practice.ews_url, practice.ca_file, "--ntlm", **self.sent(practice, password="wrong")), 401)

    def test_no_binding_is_refused_where_one_is_required(self):
        with self.practice("extended-protection") as practice:
            self.assertEqual(curl(practice.ews_url, practice.ca_file, "--ntlm", **self.sent(practice)), 401)
            self.assertEqual(requests_ntlm(practice.ews_url, practice.ca_file, **self.sent(practice, binding=False)), 401)


class Negotiate(SimulatorCase):
    def test_pyspnego(self):
        for scenario in ("ntlm-only", "extended-protection"):
            with self.subTest(scenario), self.practice(scenario) as practice:
                statuses = spnego_client(practice.ews_url, practice.ca_file, **self.sent(practice, times=4))
                self.assertEqual(statuses, [200] * 4)
                refused = spnego_client(practice.ews_url, practice.ca_file, **self.sent(practice, password="wrong"))
                self.assertEqual(refused, [401])

    def test_curl_with_gss_ntlmssp(self):
        with self.practice("ntlm-only") as practice:
            domain, user = practice.account.split("\\")
            accounts = pathlib.Path(practice.folder) / "accounts"
            accounts.write_text(f"{domain}:{user}:{practice.password}\n")
            os.environ["NTLM_USER_FILE"] = str(accounts)
            self.addCleanup(os.environ.pop, "NTLM_USER_FILE", None)
            self.assertEqual(curl(practice.ews_url, practice.ca_file, "--negotiate", **self.sent(practice)), 200)


class Exchangelib(SimulatorCase):
    def setUp(self):
        self.addCleanup(setattr, BaseProtocol, "HTTP_ADAPTER_CLS", BaseProtocol.HTTP_ADAPTER_CLS)

    def test_opens_inboxes(self):
        for scenario in ("ntlm-only", "extended-protection"):
            with self.subTest(scenario), self.practice(scenario) as practice:
                BaseProtocol.HTTP_ADAPTER_CLS = trusting(practice.ca_file)
                ids = {account(practice, address, auth_type=NTLM).inbox.id for address in practice.addresses()[:3]}
                self.assertEqual(len(ids), 3, "three mailboxes, three identities")
                with self.assertRaises(ErrorNonExistentMailbox):
                    _ = account(practice, "nobody@contoso.com", auth_type=NTLM).inbox

    def test_a_wrong_password_is_refused(self):
        with self.practice("ntlm-only") as practice:
            BaseProtocol.HTTP_ADAPTER_CLS = trusting(practice.ca_file)
            with self.assertRaises(UnauthorizedError):
                _ = account(practice, practice.addresses()[0], password="wrong", auth_type=NTLM).inbox


if __name__ == "__main__":
    unittest.main()
