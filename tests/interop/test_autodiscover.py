"""exchangelib's own Autodiscover and curl find the practice Exchange."""

import json
import subprocess
import unittest

from exchangelib import IMPERSONATION, Account, Credentials
from exchangelib.autodiscover import clear_cache
from exchangelib.autodiscover.discovery import Autodiscovery
from exchangelib.errors import AutoDiscoverFailed, ErrorNonExistentMailbox
from exchangelib.protocol import BaseProtocol

from hosts import led_to
from practice import Practice
from test_exchangelib import trusting

HOST = "autodiscover.contoso.com"


class Exchangelib(unittest.TestCase):
    def setUp(self):
        self.addCleanup(setattr, BaseProtocol, "HTTP_ADAPTER_CLS", BaseProtocol.HTTP_ADAPTER_CLS)
        self.addCleanup(clear_cache)
        clear_cache()

    def practice(self, scenario="healthy"):
        practice = Practice("--scenario", scenario, "--users", "20")
        self.addCleanup(practice.__exit__)
        BaseProtocol.HTTP_ADAPTER_CLS = trusting(practice.ca_file)
        return practice

    def discovery(self, practice, address, password=None):
        return Autodiscovery(address, Credentials(practice.account, password or practice.password))

    def test_finds_the_ews_url(self):
        practice = self.practice()
        with led_to(practice.ews_url, HOST):
            answer, protocol = self.discovery(practice, practice.addresses()[0]).discover()
        self.assertEqual(answer.ews_url, practice.ews_url)
        self.assertEqual(answer.autodiscover_smtp_address, practice.addresses()[0])
        self.assertEqual(answer.version.api_version, "Exchange2016")
        self.assertEqual(protocol.service_endpoint, practice.ews_url)

    def test_opens_what_it_found(self):
        practice = self.practice()
        address = practice.addresses()[1]
        credentials = Credentials(practice.account, practice.password)
        with led_to(practice.ews_url, HOST):
            account = Account(address, credentials=credentials, autodiscover=True, access_type=IMPERSONATION)
            self.assertEqual(account.inbox.name, "Inbox")

    def test_asks_the_domain_first_and_then_its_own_host(self):
        practice = self.practice()
        with led_to(practice.ews_url, HOST, "contoso.com") as connected:
            with self.assertRaises(AutoDiscoverFailed):
                self.discovery(practice, "anna@fabrikam.com").discover()
            self.assertEqual(connected, [], "a domain that is not there")
            self.discovery(practice, practice.addresses()[0]).discover()
        self.assertEqual(connected[0], ("contoso.com", 443))
        self.assertIn((HOST, 443), connected)

    def test_nobody_is_told_where_strangers_are(self):
        practice = self.practice()
        with led_to(practice.ews_url, HOST), self.assertRaises(ErrorNonExistentMailbox):
            self.discovery(practice, "nobody@contoso.com").discover()

    def test_without_the_password_nothing_is_found(self):
        practice = self.practice()
        with led_to(practice.ews_url, HOST), self.assertRaises(Exception) as caught:
            self.discovery(practice, practice.addresses()[0], password="wrong").discover()
        self.assertNotIn(practice.ews_url, str(caught.exception))

    def test_a_remote_mailbox_is_looked_for_in_the_cloud(self):
        practice = self.practice("aliases-and-remote")
        remote = practice.addresses()[3]
        local = remote.partition("@")[0]
        with led_to(practice.ews_url, HOST):
            _, answer = self.discovery(practice, remote)._attempt_response(f"https://{HOST}/autodiscover/autodiscover.svc")
        self.assertEqual(answer.redirect_address, f"{local}@contoso.mail.onmicrosoft.com")


class Curl(unittest.TestCase):
    def get(self, practice, path, *options):
        port = practice.ews_url.split(":")[2].split("/")[0]
        command = ["curl", "--silent", "--show-error", "--max-time", "20", "--cacert", practice.ca_file, "--noproxy", "*",
                   "--connect-to", f"{HOST}:443:127.0.0.1:{port}", "--write-out", "\n%{http_code}", *options, f"https://{HOST}{path}"]
        body, _, status = subprocess.run(command, capture_output=True, check=True, text=True).stdout.rpartition("\n")
        return int(status), body

    def test_json_needs_no_password(self):
        with Practice("--scenario", "healthy", "--users", "2") as practice:
            address = practice.addresses()[0]
            for path in (f"/v1.0/{address}?Protocol=EWS", f"?Email={address.replace('@', '%40')}&Protocol=EWS&RedirectCount=3"):
                status, body = self.get(practice, f"/autodiscover/autodiscover.json{path}")
                self.assertEqual((status, json.loads(body)), (200, {"Protocol": "EWS", "Url": practice.ews_url}))
            status, body = self.get(practice, "/autodiscover/autodiscover.json/v1.0/nobody@contoso.com?Protocol=EWS")
            self.assertEqual((status, json.loads(body)["ErrorCode"]), (404, "UserNotFound"))

    def test_the_older_doors_name_themselves_and_ask_for_a_log_on(self):
        with Practice("--scenario", "healthy", "--users", "2") as practice:
            status, answer = self.get(practice, "/autodiscover/autodiscover.xml", "--include")
            self.assertEqual(status, 401)
            self.assertIn("x-soap-enabled: true", answer.lower())
            self.assertIn("www-authenticate: negotiate", answer.lower())


if __name__ == "__main__":
    unittest.main()
