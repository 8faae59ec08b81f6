"""NTLM and Negotiate with acceptors nobody here wrote: who gets on, and what a failing connection costs."""

import tempfile
import unittest

from acceptors import (ACCOUNT, FOREIGN_ACCOUNT, FOREIGN_PASSWORD, PASSWORD, PRINCIPAL_NAME, GssNtlmssp, Pyspnego,
                       Samba)
from certificates import foreign
from check import against, request_for, run
from clients import curl, requests_ntlm
from exchange import MAILBOXES, Exchange, Faults

MANY = tuple(f"user{number}@contoso.com" for number in range(40))
THOUSAND = tuple(f"user{number}@contoso.com" for number in range(1000))


class LogOnCase(unittest.TestCase):
    def granted(self, exchange, **options):
        found = against(exchange, **options)
        self.assertEqual(found.exit_code, 0, found.text())
        self.assertEqual(set(found.verdicts.values()), {"granted"}, found.text())
        self.assertEqual(exchange.refused(), [])
        return found

    def rejected_once(self, exchange, **options):
        found = against(exchange, **options)
        self.assertEqual((found.state, found.cause), ("stopped", "auth.rejected"), found.text())
        self.assertEqual((len(exchange.accepted()), len(exchange.refused())), (0, 1), "one password, once")


class Acceptors(LogOnCase):
    """pyspnego, Samba and gss-ntlmssp: whoever keeps the books, the right password opens and a wrong one is final."""

    def test_others_log_on_to_them(self):
        for acceptor in (Pyspnego, Samba, GssNtlmssp):
            with self.subTest(acceptor.__name__), Exchange(acceptor=acceptor) as exchange:
                trusted = exchange.certificate.file
                # gss-ntlmssp cannot read the first message of curl.
                if acceptor is not GssNtlmssp:
                    self.assertEqual(curl(exchange.url, trusted, "--ntlm"), 200)
                    self.assertEqual(curl(exchange.url, trusted, "--ntlm", password="wrong"), 401)
                self.assertEqual(requests_ntlm(exchange.url, trusted), 200)
                self.assertEqual(requests_ntlm(exchange.url, trusted, password="wrong"), 401)

    def test_ntlm(self):
        for acceptor in (Pyspnego, Samba, GssNtlmssp):
            with self.subTest(acceptor.__name__), Exchange(acceptor=acceptor, offers=("NTLM",)) as exchange:
                self.granted(exchange, auth="ntlm")

    def test_negotiate(self):
        for acceptor in (Pyspnego, Samba):
            with self.subTest(acceptor.__name__), Exchange(acceptor=acceptor, offers=("Negotiate",)) as exchange:
                self.granted(exchange, auth="negotiate")

    def test_automatic(self):
        for offers in (("Negotiate", "NTLM"), ("Negotiate",), ("NTLM",)):
            with self.subTest(offers), Exchange(offers=offers) as exchange:
                self.granted(exchange, auth="auto")

    def test_a_wrong_password_is_sent_once(self):
        for acceptor in (Pyspnego, Samba, GssNtlmssp):
            for auth in ("ntlm", "auto"):
                with self.subTest(acceptor.__name__, auth=auth), \
                        Exchange(acceptor=acceptor, offers=("NTLM",), mailboxes=MANY) as exchange:
                    self.rejected_once(exchange, auth=auth, password="wrong", options=["--concurrency", "16"])
        for acceptor in (Pyspnego, Samba):
            with self.subTest(acceptor.__name__, auth="auto, both offered"), Exchange(acceptor=acceptor) as exchange:
                self.rejected_once(exchange, auth="auto", password="wrong")

    def test_gss_ntlmssp_judges_the_binding_too(self):
        for expects in (None, foreign()):
            with self.subTest(wrong=expects is not None), \
                    Exchange("ec-p384", acceptor=GssNtlmssp, protection="require", expects=expects) as exchange:
                if expects:
                    self.rejected_once(exchange)
                else:
                    self.granted(exchange)

    def test_a_refused_password_is_not_sent_again_by_the_next_check(self):
        with Exchange() as exchange, tempfile.TemporaryDirectory() as data:
            for _ in range(2):
                done = run(exchange.url, **request_for(exchange, password="wrong", data=data))
                self.assertEqual(done.returncode, 2, done.stderr)
            self.assertEqual(len(exchange.attempts), 1, done.stdout)


class Names(LogOnCase):
    def test_every_form_of_the_account(self):
        for account, password in ((ACCOUNT, PASSWORD), (ACCOUNT.lower(), PASSWORD), (PRINCIPAL_NAME, PASSWORD),
                                  (FOREIGN_ACCOUNT, FOREIGN_PASSWORD)):
            with self.subTest(account), Exchange(protection="require") as exchange:
                self.granted(exchange, account=account, password=password)

    def test_a_principal_name_goes_without_a_domain(self):
        with Exchange() as exchange:
            self.granted(exchange, account=PRINCIPAL_NAME)
            self.assertEqual({attempt.claim.domain for attempt in exchange.accepted()}, {""})


class Verdicts(LogOnCase):
    def test_a_mailbox_that_is_not_there_is_not_there(self):
        with Exchange() as exchange:
            found = against(exchange, mailboxes=[*MAILBOXES, "nobody@contoso.com"])
            self.assertEqual(found.verdicts, {**dict.fromkeys(MAILBOXES, "granted"), "nobody@contoso.com": "no_mailbox"})
            self.assertEqual(found.exit_code, 1)


class TruthTable(LogOnCase):
    """`run.authentication`: what was offered, tried and taken."""

    def authentication(self, exchange, **options):
        return against(exchange, **options).document["run"]["authentication"]

    def test_a_log_on_that_stands(self):
        with Exchange("rsa-sha384", protection="require") as exchange:
            told = self.authentication(exchange, auth="auto")
        self.assertEqual((told["offered"], told["accepted"]), (["Negotiate", "NTLM"], "NTLM"))
        self.assertEqual([(tried["mechanism"], tried["outcome"]) for tried in told["tried"]], [("ntlm", "accepted")])
        self.assertEqual((told["channel_binding"]["sent"], told["channel_binding"]["hash"]), (True, "SHA-384"))
        self.assertEqual(told["server_version"], "15.2.2562.17", "the build stands in the 401 already")

    def test_the_domain_of_the_challenge(self):
        with Exchange(acceptor=Samba) as exchange:
            domain = self.authentication(exchange)["domain"]
        self.assertEqual(domain["netbios"], "EX1", "Samba without a domain is one of its own")

    def test_a_refusal_is_no_acceptance(self):
        with Exchange() as exchange:
            told = self.authentication(exchange, password="wrong")
        self.assertIsNone(told["accepted"])
        self.assertEqual([tried["outcome"] for tried in told["tried"]], ["refused"])


class Faulty(LogOnCase):
    """Connections fail, verdicts do not."""

    def run_against(self, faults, mailboxes=MANY, **options):
        with Exchange(faults=faults, mailboxes=mailboxes, protection="require") as exchange:
            self.granted(exchange, **options)
            return exchange

    def test_closed_after_some_answers(self):
        for farewell in (False, True):
            with self.subTest(farewell=farewell):
                exchange = self.run_against(Faults(close_after=3, farewell=farewell))
                self.assertGreaterEqual(len(exchange.accepted()), len(MANY) // 3, "each connection logs on anew")

    def test_a_thousand_mailboxes_over_connections_of_seven_answers(self):
        exchange = self.run_against(Faults(close_after=7), THOUSAND, options=["--concurrency", "16"])
        self.assertGreaterEqual(len(exchange.accepted()), len(THOUSAND) // 7)

    def test_closed_after_every_answer(self):
        self.run_against(Faults(close_after=1))

    def test_the_log_on_is_forgotten(self):
        exchange = self.run_against(Faults(forget_after=5), options=["--concurrency", "1"])
        self.assertGreaterEqual(len(exchange.accepted()), 2)

    def test_every_request_must_log_on(self):
        exchange = self.run_against(Faults(persist=False))
        self.assertGreaterEqual(len(exchange.accepted()), len(MANY))

    def test_reset_in_the_last_leg(self):
        exchange = self.run_against(Faults(drop_type3=1))
        self.assertGreaterEqual(exchange.resets, 2)


if __name__ == "__main__":
    unittest.main()
