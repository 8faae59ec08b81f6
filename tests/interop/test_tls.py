"""Servers whose TLS cannot be spoken: `tls.protocol`, and a sentence that says which of the reasons it is."""

import socket
import ssl
import unittest

from acceptors import ACCOUNT, PASSWORD
from certificates import certificate
from check import check
from tls_servers import ciphers_only, client_certificate, mail_banner, old_versions_only, over, plain_http, serving

TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3

# What talks, and the words that the sentence for it has, and no other has.
REASONS = {
    "RSA key exchange and CBC only": (over(ciphers_only("AES256-SHA:AES128-SHA")), "no cipher suite in common"),
    "CBC only": (over(ciphers_only("ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA")), "no cipher suite in common"),
    "TLS 1.0 and 1.1 only": (over(old_versions_only()), "TLS 1.0 or 1.1"),
    "client certificate, TLS 1.2": (over(client_certificate(TLS12)), "client certificate"),
    "client certificate, TLS 1.3": (over(client_certificate(TLS13)), "client certificate"),
    "HTTP without TLS": (plain_http, "plain HTTP"),
    "a mail server": (mail_banner, "mail server"),
}


def old_client():
    """A client as old as the servers."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    made.set_ciphers("ALL:@SECLEVEL=0")
    return made


class Servers(unittest.TestCase):
    """OpenSSL as a client sees the servers as they are meant to be."""

    def handshake(self, reason):
        with serving(REASONS[reason][0]) as port, socket.create_connection(("127.0.0.1", port)) as plain, \
                old_client().wrap_socket(plain, server_hostname="localhost") as secured:
            secured.sendall(b"POST / HTTP/1.1\r\n\r\n")
            return secured.version(), secured.cipher()[0], secured.recv(65536)

    def test_old_ones_are_old(self):
        self.assertEqual(self.handshake("RSA key exchange and CBC only")[:2], ("TLSv1.2", "AES256-SHA"))
        self.assertEqual(self.handshake("CBC only")[:2], ("TLSv1.2", "ECDHE-RSA-AES256-SHA384"))
        self.assertEqual(self.handshake("TLS 1.0 and 1.1 only")[0], "TLSv1.1")

    def test_others_end_the_handshake(self):
        for reason in ("client certificate, TLS 1.2", "client certificate, TLS 1.3", "HTTP without TLS", "a mail server"):
            with self.subTest(reason), self.assertRaises(ssl.SSLError):
                self.handshake(reason)


class Understudy(unittest.TestCase):
    def sentence(self, port):
        found = check(f"https://localhost:{port}/EWS/Exchange.asmx", account=ACCOUNT, password=PASSWORD, auth="ntlm",
                      mailboxes=["anna@contoso.com"], options=["--pin-sha256", certificate("rsa-sha256").pin()])
        self.assertEqual((found.state, found.cause), ("stopped", "tls.protocol"), found.text())
        return found.message()

    def test_each_reason_has_its_own_sentence(self):
        every_word = {words for _, words in REASONS.values()}
        for reason, (talk, words) in REASONS.items():
            with self.subTest(reason), serving(talk) as port:
                sentence = self.sentence(port)
                self.assertEqual({other for other in every_word if other in sentence}, {words}, sentence)


if __name__ == "__main__":
    unittest.main()
