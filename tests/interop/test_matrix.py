"""Every kind of certificate, level of Extended Protection and binding: as Exchange judges, so we fare.

The product always sends the binding of the certificate it sees. Behind a proxy that inspects TLS that is
not the one Exchange expects: the server here is told to expect another certificate's.
"""

import unittest

from acceptors import ACCOUNT, PASSWORD
from certificates import KINDS, PSS, authority, foreign, issued
from check import against, check
from clients import curl, requests_ntlm
from exchange import Exchange

LEVELS = ("none", "allow", "require")
# Whether Exchange lets a client on: level -> binding -> yes or no.
ACCEPTED = {
    "none": {"absent": True, "right": True, "wrong": True},
    "allow": {"absent": True, "right": True, "wrong": False},
    "require": {"absent": False, "right": True, "wrong": False},
}


def servers(*bindings):
    """Each server of the matrix: kind, level, binding and whether it lets on."""
    for kind in KINDS:
        for level in LEVELS:
            for binding in bindings:
                yield kind, level, binding, ACCEPTED[level][binding]


def server(kind, level, binding):
    return Exchange(kind, protection=level, expects=foreign() if binding == "wrong" else None)


class OthersAreJudged(unittest.TestCase):
    """The server tells right from wrong for clients that know nothing of this test."""

    def judged(self, binding, send):
        for kind, level, _, accepted in servers(binding):
            with self.subTest(kind, level=level), server(kind, level, binding) as exchange:
                self.assertEqual(send(exchange), 200 if accepted else 401)
                self.assertEqual([attempt.claim.binding for attempt in exchange.attempts], [binding])

    def test_absent(self):
        self.judged("absent", lambda exchange: curl(exchange.url, exchange.certificate.file, "--ntlm"))

    def test_right(self):
        self.judged("right", lambda exchange: requests_ntlm(exchange.url, exchange.certificate.file))

    def test_wrong(self):
        self.judged("wrong", lambda exchange: requests_ntlm(exchange.url, exchange.certificate.file))


class UnderstudyIsJudged(unittest.TestCase):
    def test_right(self):
        for kind, level, binding, _ in servers("right"):
            with self.subTest(kind, level=level), server(kind, level, binding) as exchange:
                self.granted(exchange, "right")

    def test_wrong(self):
        for kind, level, binding, accepted in servers("wrong"):
            with self.subTest(kind, level=level), server(kind, level, binding) as exchange:
                if accepted:
                    self.granted(exchange, "wrong")
                else:
                    self.refused_once(exchange)

    def test_negotiate(self):
        for kind, level in (("rsa-sha256", "require"), ("ec-p384", "require"), ("pss-sha512", "allow")):
            with self.subTest(kind, level=level), server(kind, level, "right") as exchange:
                self.granted(exchange, "right", auth="negotiate")

    def granted(self, exchange, binding, **options):
        found = against(exchange, **options)
        self.assertEqual(found.exit_code, 0, found.text())
        self.assertEqual(set(found.verdicts.values()), {"granted"}, found.text())
        self.assertEqual({attempt.claim.binding for attempt in exchange.accepted()}, {binding})
        self.assertTrue(all(attempt.claim.mic and attempt.claim.ntlm_v2 for attempt in exchange.accepted()))
        self.assertEqual(exchange.refused(), [])
        sent = found.document["run"]["authentication"]["channel_binding"]
        self.assertEqual(sent["hash"], "SHA-" + exchange.certificate.end_point_hash().removeprefix("sha"))

    def refused_once(self, exchange):
        found = against(exchange)
        self.assertEqual((found.exit_code, found.state, found.cause), (2, "stopped", "auth.rejected"), found.text())
        self.assertEqual(set(found.verdicts.values()), {"not_checked"}, found.text())
        self.assertEqual([attempt.claim.binding for attempt in exchange.attempts], ["wrong"],
                         "one refused log-on, and one only")


class AnInternalCa(unittest.TestCase):
    """The leaf's own signature decides the binding, whatever the CA's is; the CA is trusted by its file."""

    def found(self, exchange, trust):
        return check(exchange.url, account=ACCOUNT, password=PASSWORD, auth="ntlm", mailboxes=exchange.mailboxes, options=trust)

    def test_issued_certificates(self):
        for signature in (("sha256",), ("sha384",), ("sha512",), ("sha256", *PSS), ("sha512", *PSS)):
            with self.subTest(signature), Exchange(issued(*signature), protection="require") as exchange:
                found = self.found(exchange, ["--ca-file", str(authority().file)])
                self.assertEqual(set(found.verdicts.values()), {"granted"}, found.text())
                self.assertEqual({attempt.claim.binding for attempt in exchange.attempts}, {"right"})

    def test_a_signature_with_sha1_proves_nothing_but_can_be_pinned(self):
        with Exchange(issued("sha1"), protection="require") as exchange:
            found = self.found(exchange, ["--ca-file", str(authority().file)])
            self.assertEqual((found.state, found.cause), ("stopped", "tls.untrusted"), found.text())
            self.assertEqual(exchange.attempts, [], "no password over TLS that proves nothing")
            found = self.found(exchange, ["--pin-sha256", exchange.certificate.pin()])
            self.assertEqual(set(found.verdicts.values()), {"granted"}, found.text())


if __name__ == "__main__":
    unittest.main()
