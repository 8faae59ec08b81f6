"""curl sends our own request and gets the answers of the practice Exchange."""

import subprocess
import unittest

from practice import Practice
from schemas import envelopes


class Curl(unittest.TestCase):
    def post(self, practice, envelope, *options):
        command = ["curl", "--silent", "--show-error", "--max-time", "20", "--output", "-", "--write-out", "\n%{http_code}",
                   "--header", "Content-Type: text/xml; charset=utf-8", "--data-binary", "@-", *options, practice.ews_url]
        done = subprocess.run(command, input=envelope.encode(), capture_output=True, check=True)
        body, _, status = done.stdout.decode().rpartition("\n")
        return int(status), body

    def test_the_request_opens_an_inbox_over_both_transports(self):
        for transport in (["--http"], []):
            with self.subTest(transport=transport or ["https"]), \
                    Practice("--scenario", "healthy", "--users", "2", *transport) as practice:
                user = f"{practice.account}:{practice.password}"
                trust = ["--cacert", practice.ca_file] if practice.ews_url.startswith("https") else []
                envelope = envelopes(practice.addresses()[0])["get_folder_smtp"]
                status, body = self.post(practice, envelope, "--basic", "--user", user, *trust)
                self.assertEqual(status, 200, body)
                self.assertIn("NoError", body)
                self.assertIn("FolderId", body)

    def test_no_credentials_no_answer(self):
        with Practice("--scenario", "healthy", "--users", "2", "--http") as practice:
            status, body = self.post(practice, envelopes(practice.addresses()[0])["get_folder_smtp"])
            self.assertEqual(status, 401)
            self.assertNotIn("NoError", body)


if __name__ == "__main__":
    unittest.main()
