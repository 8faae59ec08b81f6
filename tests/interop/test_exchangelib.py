"""exchangelib, a real EWS client, opens inboxes by impersonation through the practice Exchange."""

import unittest

import requests.adapters
from exchangelib import BASIC, IMPERSONATION, Account, Configuration, Credentials
from exchangelib.errors import ErrorImpersonateUserDenied, ErrorNonExistentMailbox, UnauthorizedError
from exchangelib.protocol import BaseProtocol

from practice import Practice


def trusting(ca):
    class Adapter(requests.adapters.HTTPAdapter):
        def cert_verify(self, conn, url, verify, cert):
            super().cert_verify(conn=conn, url=url, verify=ca, cert=cert)

    return Adapter


def account(practice, address, password=None, auth_type=BASIC):
    credentials = Credentials(practice.account, password or practice.password)
    configuration = Configuration(service_endpoint=practice.ews_url, credentials=credentials, auth_type=auth_type)
    return Account(primary_smtp_address=address, config=configuration, access_type=IMPERSONATION, autodiscover=False)


class ExchangelibOpensInboxes(unittest.TestCase):
    def setUp(self):
        self.adapter = BaseProtocol.HTTP_ADAPTER_CLS

    def tearDown(self):
        BaseProtocol.HTTP_ADAPTER_CLS = self.adapter

    def test_over_http(self):
        with Practice("--scenario", "healthy", "--users", "5", "--http") as practice:
            for address in practice.addresses()[:5]:
                inbox = account(practice, address).inbox
                self.assertEqual(inbox.name, "Inbox")

    def test_over_https_with_the_private_ca(self):
        with Practice("--scenario", "healthy", "--users", "3") as practice:
            BaseProtocol.HTTP_ADAPTER_CLS = trusting(practice.ca_file)
            ids = {account(practice, address).inbox.id for address in practice.addresses()[:3]}
            self.assertEqual(len(ids), 3, "three mailboxes, three identities")

    def test_what_must_fail_fails(self):
        with Practice("--scenario", "healthy", "--users", "3", "--http") as practice:
            with self.assertRaises(ErrorNonExistentMailbox):
                _ = account(practice, "nobody@contoso.com").inbox
            for canary in practice.must_refuse:
                with self.assertRaises(ErrorImpersonateUserDenied):
                    _ = account(practice, canary).inbox
            with self.assertRaises(UnauthorizedError):
                _ = account(practice, practice.addresses()[0], password="wrong").inbox


if __name__ == "__main__":
    unittest.main()
