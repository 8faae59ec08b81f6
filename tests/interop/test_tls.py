"""Servers whose TLS cannot be spoken: `tls.protocol`, and a sentence that says which of the reasons it is."""

import socket
import ssl
import unittest

import tls_servers
from acceptors import ACCOUNT, PASSWORD
from certificates import certificate
from check import check

TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3

# What talks, and words that only the sentence for it has (any one of them, in any case).
REASONS = {
    "RSA key exchange and CBC only": (tls_servers.over(tls_servers.rsa_key_exchange_only()), ("cipher",)),
    "TLS 1.0 and 1.1 only": (tls_servers.over(tls_servers.old_versions_only()), ("TLS 1.0", "TLS 1.2")),
    "client certificate, TLS 1.2": (tls_servers.over(tls_servers.client_certificate(TLS12)), ("client certificate",)),
    "client certificate, TLS 1.3": (tls_servers.over(tls_servers.client_certificate(TLS13)), ("client certificate",)),
    "HTTP without TLS": (tls_servers.plain_http, ("not TLS", "no TLS", "without TLS")),
    "a mail server": (tls_servers.mail_banner, ("not TLS", "no TLS", "without TLS")),
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
        with tls_servers.serving(REASONS[reason][0]) as port, socket.create_connection(("127.0.0.1", port)) as plain, \
                old_client().wrap_socket(plain, server_hostname="localhost") as secured:
            secured.sendall(b"POST / HTTP/1.1\r\n\r\n")
            return secured.version(), secured.cipher()[0], secured.recv(65536)

    def test_old_ones_are_old(self):
        self.assertEqual(self.handshake("RSA key exchange and CBC only")[:2], ("TLSv1.2", "AES256-SHA"))
        self.assertEqual(self.handshake("TLS 1.0 and 1.1 only")[0], "TLSv1.1")

    def test_others_end_the_handshake(self):
        for reason in ("client certificate, TLS 1.2", "client certificate, TLS 1.3", "HTTP without TLS", "a mail server"):
            with self.subTest(reason), self.assertRaises(ssl.SSLError):
                self.handshake(reason)


class Understudy(unittest.TestCase):
    def test_each_reason_has_its_own_sentence(self):
        sentences = {}
        for reason, (talk, words) in REASONS.items():
            with self.subTest(reason), tls_servers.serving(talk) as port:
                found = check(f"https://localhost:{port}/EWS/Exchange.asmx", account=ACCOUNT, password=PASSWORD, auth="basic",
                              mailboxes=["anna@contoso.com"], options=["--pin-sha256", certificate("rsa-sha256").pin()])
                self.assertEqual((found.state, found.cause), ("stopped", "tls.protocol"), found.text())
                sentences[reason] = found.message()
                self.assertTrue(any(word.casefold() in found.message().casefold() for word in words), found.text())
        self.assertEqual(len(set(sentences.values())), 4, sentences)


if __name__ == "__main__":
    unittest.main()
