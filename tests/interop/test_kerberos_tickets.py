"""What a KDC can say besides "here is your ticket", and what the product makes of it: MIT's own KDC."""

import os
import socket
import threading
import unittest

from acceptors import FOREIGN_ACCOUNT, FOREIGN_PASSWORD, PASSWORD, PRINCIPAL_NAME, Kerberos, Windows
from check import against
from exchange import Exchange, Faults
from kerberos import REALM, SERVICE, USER, Realm

MANY = tuple(f"user{number}@contoso.com" for number in range(60))


class Contoso(Realm):
    """The realm in which `svc-ews@contoso.com` is `svc-ews`, so that NTLM knows the same account."""

    def __init__(self, password=PASSWORD):
        super().__init__(password)

    def configure(self):
        super().configure()
        with (self.folder / "krb5.conf").open("a") as file:
            file.write(f" contoso.com = {REALM}\n")

    def administer(self, *command):
        self.tool("kadmin.local", "-r", REALM, *command)


class TicketCase(unittest.TestCase):
    def realm(self, realm=None):
        realm = self.enterContext(realm or Contoso())
        before = dict(os.environ)
        os.environ.update(realm.environment)
        self.addCleanup(lambda: (os.environ.clear(), os.environ.update(before)))
        return realm

    def check(self, realm, server, **options):
        return against(server, **{"auth": "auto", "account": PRINCIPAL_NAME, "password": realm.password,
                                  "environment": realm.environment, **options})

    def tried(self, found):
        return [(way["mechanism"], way["outcome"]) for way in found.document["run"]["authentication"]["tried"]]

    def granted_by_ntlm(self, realm, *words, **options):
        """Kerberos was in no position to; NTLM took its place, and the table says why."""
        with Exchange(acceptor=Windows, protection="require") as server:
            found = self.check(realm, server, **options)
            self.assertEqual(set(found.verdicts.values()), {"granted"}, found.text())
            self.assertEqual(self.tried(found), [("kerberos", "not_possible"), ("ntlm", "accepted")], found.text())
            told = found.document["run"]["authentication"]["tried"][0]["detail"]
            for word in words:
                self.assertIn(word, told)

    def granted_by_kerberos(self, realm, **options):
        with Exchange(acceptor=Windows, protection="require") as server:
            found = self.check(realm, server, **options)
            self.assertEqual(set(found.verdicts.values()), {"granted"}, found.text())
            self.assertEqual(self.tried(found), [("kerberos", "accepted")], found.text())
            self.assertEqual(server.refused(), [])


class Obstacles(TicketCase):
    """Nothing here says anything about the password: NTLM may be tried."""

    def test_the_service_is_unknown(self):
        realm = self.realm()
        realm.administer("delprinc", "-force", SERVICE)
        self.granted_by_ntlm(realm, "HTTP/localhost", "setspn -Q")

    def test_the_account_is_unknown(self):
        realm = self.realm()
        realm.administer("delprinc", "-force", USER)
        self.granted_by_ntlm(realm, "doesn't know this account")
        self.assertEqual([line for line in realm.requests() if "PREAUTH_FAILED" in line], [])

    def test_there_is_no_aes_key(self):
        realm = self.realm()
        realm.administer("delprinc", "-force", USER)
        realm.administer("addprinc", "+requires_preauth", "-e", "arcfour-hmac:normal", "-pw", PASSWORD, USER)
        self.granted_by_ntlm(realm, "no AES key")

    def test_the_clocks_differ(self):
        realm = self.realm(Contoso())
        with SkewedKdc() as skewed:
            conf = realm.folder / "krb5.conf"
            conf.write_text(conf.read_text().replace(f"127.0.0.1:{realm.port}", f"127.0.0.1:{skewed.port}"))
            self.granted_by_ntlm(realm, "2001-02-03 04:05 UTC", "clock")

    def test_answers_to_other_questions_are_not_taken(self):
        realm = self.realm()
        with RecordingKdc(realm.port) as recording:
            conf = realm.folder / "krb5.conf"
            conf.write_text(conf.read_text().replace(f"127.0.0.1:{realm.port}", f"127.0.0.1:{recording.port}"))
            self.granted_by_kerberos(realm)
            recording.replays = True
            self.granted_by_ntlm(realm, "another question")

    def test_nobody_answers(self):
        realm = self.realm()
        realm.process.terminate()
        realm.process.wait(timeout=20)
        self.granted_by_ntlm(realm, f"127.0.0.1:{realm.port}")

    def test_a_name_that_kerberos_cannot_carry(self):
        realm = self.realm()
        with (realm.folder / "krb5.conf").open("a") as file:
            file.write(f"[realms]\n CONTOSO = {{\n  kdc = 127.0.0.1:{realm.port}\n }}\n")
        self.granted_by_ntlm(realm, "'ü'", account=FOREIGN_ACCOUNT, password=FOREIGN_PASSWORD)

    def test_a_netbios_name_is_no_realm(self):
        self.granted_by_ntlm(self.realm(), "DNS name", account="CONTOSO\\svc-ews")

    def test_the_server_cannot_read_the_ticket(self):
        realm = self.realm()
        # A new key, of which the server has not heard: what a stale key table is.
        realm.administer("change_password", "-randkey", SERVICE)
        with Exchange(acceptor=Windows, protection="require") as server:
            found = self.check(realm, server)
            self.assertEqual(set(found.verdicts.values()), {"granted"}, found.text())
            self.assertEqual(self.tried(found), [("kerberos", "refused"), ("ntlm", "accepted")], found.text())


class WordOfTheKdc(TicketCase):
    """The KDC's word about the account is final: the server is asked nothing more."""

    def stopped(self, realm, cause, **options):
        with Exchange(acceptor=Windows) as server:
            found = self.check(realm, server, options=["--concurrency", "16"], **options)
            self.assertEqual((found.state, found.cause), ("stopped", cause), found.text())
            self.assertEqual(server.attempts, [])

    def test_wrong_password(self):
        realm = self.realm()
        self.stopped(realm, "auth.rejected", password="wrong")
        self.assertEqual(len([line for line in realm.requests() if "PREAUTH_FAILED" in line]), 1)

    def test_wrong_password_where_the_kdc_asks_for_no_proof(self):
        realm = self.realm()
        realm.administer("modprinc", "-requires_preauth", USER)
        self.stopped(realm, "auth.rejected", password="wrong")

    def test_locked(self):
        realm = self.realm()
        realm.administer("modprinc", "-allow_tix", USER)
        self.stopped(realm, "account.locked")

    def test_password_expired(self):
        realm = self.realm()
        realm.administer("modprinc", "-pwexpire", "2020-01-01 00:00:00", USER)
        self.stopped(realm, "account.password_expired")


class Keys(TicketCase):
    def test_password_beyond_ascii(self):
        self.granted_by_kerberos(self.realm(Contoso("Pässwörd-żółć-42€")))

    def test_aes_128_alone(self):
        realm = self.realm()
        realm.administer("change_password", "-e", "aes128-cts-hmac-sha1-96:normal", "-pw", PASSWORD, USER)
        self.granted_by_kerberos(realm)

    def test_another_salt(self):
        realm = self.realm()
        realm.administer("change_password", "-e", "aes256-cts-hmac-sha1-96:special", "-pw", PASSWORD, USER)
        self.granted_by_kerberos(realm)

    def test_no_proof_asked_for(self):
        realm = self.realm()
        realm.administer("modprinc", "-requires_preauth", USER)
        self.granted_by_kerberos(realm)


class Economy(TicketCase):
    def test_one_ticket_for_all_connections(self):
        realm = self.realm()
        with Exchange(acceptor=Kerberos, offers=("Negotiate",), mailboxes=MANY, faults=Faults(close_after=3)) as server:
            found = self.check(realm, server, options=["--concurrency", "16"])
            self.assertEqual(set(found.verdicts.values()), {"granted"}, found.text())
            self.assertGreaterEqual(len(server.accepted()), len(MANY) // 3)
            self.assertEqual(server.refused(), [])
        issued = [line for line in realm.requests() if "ISSUE" in line]
        self.assertEqual((sum("AS_REQ" in line for line in issued), sum("TGS_REQ" in line for line in issued)), (1, 1))


class SkewedKdc:
    """Answers everything with KRB_AP_ERR_SKEW and a clock of its own (RFC 4120 §5.9.1), as a KDC does whose
    clock is hours off. MIT's KDC has no such switch."""

    ERROR = bytes.fromhex(
        "7e5b3059a003020105a10302011ea411180f32303031303230333034303530365aa503020100a603020125"
        "a90e1b0c434f4e544f534f2e54455354aa21301fa003020102a11830161b066b72627467741b0c434f4e544f534f2e54455354")

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def serve(self):
        while True:
            try:
                stream, _ = self.listener.accept()
            except OSError:
                return
            with stream:
                if stream.recv(65536):
                    stream.sendall(len(self.ERROR).to_bytes(4, "big") + self.ERROR)


class RecordingKdc:
    """Stands before a KDC; later gives its old answers again, one by one."""

    def __init__(self, port):
        self.behind, self.answers, self.replays, self.replayed = port, [], False, 0

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def serve(self):
        while True:
            try:
                stream, _ = self.listener.accept()
            except OSError:
                return
            with stream:
                # Whoever only looks whether somebody is there asks nothing.
                if request := message(stream):
                    stream.sendall(self.answer(request))

    def answer(self, request):
        if self.replays:
            self.replayed += 1
            return self.answers[(self.replayed - 1) % len(self.answers)]
        with socket.create_connection(("127.0.0.1", self.behind)) as kdc:
            kdc.sendall(request)
            self.answers.append(message(kdc))
            return self.answers[-1]


def message(stream):
    """A message with the length before it; nothing when the other side has hung up."""
    with stream.makefile("rb") as file:
        head = file.read(4)
        return head + file.read(int.from_bytes(head, "big")) if len(head) == 4 else b""


if __name__ == "__main__":
    unittest.main()
