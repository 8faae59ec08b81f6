"""An EWS server over HTTPS for one test: connection-bound log-on as IIS does it, with faults on demand.

Log-on is decided by an acceptor (see `acceptors`), never here. Everything is recorded; nothing is printed.
"""

import base64
import dataclasses
import socket
import ssl
import threading

import ews
from acceptors import Pyspnego, Refused
from certificates import certificate
from ntlm_message import NEGOTIATE, channel_of, claim

MAILBOXES = ("anna@contoso.com", "bo@contoso.com", "cem@contoso.com")
OWN = "svc-ews@contoso.com"
REFUSAL = b"<html><head><title>401</title></head><body><h1>401 - Unauthorized: Access is denied.</h1></body></html>"


@dataclasses.dataclass
class Faults:
    """What goes wrong; nothing by default. Counts are of one connection, `drop_type3` of all."""

    close_after: int = 0
    """Closes silently after this many answers."""
    forget_after: int = 0
    """Forgets the log-on after this many answers: the next request is challenged."""
    drop_type3: int = 0
    """Resets the connection at each of the first N last legs."""
    persist: bool = True
    """False: every request must log on anew, as with `authPersistSingleRequest`."""
    farewell: bool = False
    """Says `Connection: close` before it closes."""


@dataclasses.dataclass
class Attempt:
    """A log-on that came to its end."""

    connection: int
    scheme: str
    outcome: str
    principal: str | None = None
    claim: object = None

    def accepted(self):
        return self.outcome == "accepted"


class Exchange:
    """The server, listening while the `with` block runs. `kind` names a certificate, or is one."""

    def __init__(self, kind="rsa-sha256", *, offers=("Negotiate", "NTLM"), acceptor=Pyspnego, protection="none",
                 expects=None, faults=None, mailboxes=MAILBOXES):
        self.certificate = certificate(kind) if isinstance(kind, str) else kind
        self.offers = offers
        self.acceptor = acceptor
        self.protection = protection
        self.channel = channel_of((expects or self.certificate).end_point())
        self.faults = faults or Faults()
        self.mailboxes = mailboxes
        self.lock = threading.Lock()
        self.attempts, self.asked, self.connections, self.resets = [], [], 0, 0
        self.open = set()

    def __enter__(self):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # OpenSSL refuses certificates signed with SHA-1 at its usual level.
        self.context.set_ciphers("DEFAULT:@SECLEVEL=0")
        self.context.load_cert_chain(self.certificate.file, self.certificate.key_file)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        threading.Thread(target=self.listen, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()
        with self.lock:
            for stream in self.open:
                stream.close()

    @property
    def url(self):
        return f"https://localhost:{self.listener.getsockname()[1]}/EWS/Exchange.asmx"

    def accepted(self):
        return [attempt for attempt in self.attempts if attempt.accepted()]

    def refused(self):
        return [attempt for attempt in self.attempts if not attempt.accepted()]

    def listen(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(plain,), daemon=True).start()

    def serve(self, plain):
        """A connection from its start to its end. One that breaks ends here, as in any server."""
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            stream = self.context.wrap_socket(plain, server_side=True)
        except OSError:
            plain.close()
            return
        with self.lock:
            self.connections += 1
            number = self.connections
            self.open.add(stream)
        try:
            with stream, stream.makefile("rb") as requests:
                Connection(self, stream, requests, number).run()
        except OSError:
            pass
        finally:
            with self.lock:
                self.open.discard(stream)

    def record(self, attempt):
        with self.lock:
            self.attempts.append(attempt)

    def drops_this(self):
        """Whether this last leg is one of those to be reset."""
        with self.lock:
            self.resets += 1
            return self.resets <= self.faults.drop_type3


class Connection:
    """One connection: at most one log-on at a time, kept for the requests that follow."""

    def __init__(self, server, stream, requests, number):
        self.server, self.stream, self.requests, self.number = server, stream, requests, number
        self.pending = None
        self.user = None
        self.answers = 0
        self.ended = False

    def run(self):
        while not self.ended and (request := read_request(self.requests)):
            headers, body = request
            self.handle(headers.get("authorization"), body)

    def handle(self, authorization, body):
        extra = []
        if authorization:
            extra = self.log_on(authorization)
            if extra is None:
                return
        elif self.user is None:
            return self.challenge()
        self.answer(body, extra)

    def log_on(self, authorization):
        """One leg. The headers of the answer when the log-on stands; `None` when all is said."""
        scheme, _, text = authorization.partition(" ")
        if scheme not in self.server.offers:
            return self.challenge()
        token = base64.b64decode(text)
        if self.pending is None or NEGOTIATE in token:
            self.pending, self.user = self.server.acceptor(scheme, self.server.channel, self.server.protection), None
        seen = claim(token, self.server.channel)
        if seen and self.server.drops_this():
            self.ended = True
            return None
        try:
            reply = self.pending.step(token)
        except Refused as refusal:
            self.pending = None
            self.server.record(Attempt(self.number, scheme, str(refusal), claim=seen))
            return self.challenge()
        header = f"WWW-Authenticate: {scheme} {base64.b64encode(reply).decode()}" if reply else None
        if not self.pending.complete:
            return self.send(401, [header], REFUSAL)
        self.user, self.pending = self.pending.principal, None
        self.server.record(Attempt(self.number, scheme, "accepted", self.user, seen))
        return [header] if header else []

    def challenge(self):
        self.user = None
        return self.send(401, [f"WWW-Authenticate: {scheme}" for scheme in self.server.offers], REFUSAL)

    def answer(self, body, extra):
        faults = self.server.faults
        status, envelope = ews.answer(body, self.server.mailboxes, OWN)
        self.answers += 1
        self.ended = self.answers == faults.close_after
        if self.ended and faults.farewell:
            extra = [*extra, "Connection: close"]
        with self.server.lock:
            self.server.asked.append(envelope)
        self.send(status, ["Content-Type: text/xml; charset=utf-8", *extra], envelope)
        if not faults.persist or self.answers == faults.forget_after:
            self.user = None

    def send(self, status, headers, body):
        reason = {200: "OK", 401: "Unauthorized", 500: "Internal Server Error"}[status]
        head = [f"HTTP/1.1 {status} {reason}", "Server: Microsoft-IIS/10.0", "X-OWA-Version: 15.2.2562.17",
                "X-FEServer: EX1", *headers, f"Content-Length: {len(body)}", "", ""]
        self.stream.sendall("\r\n".join(head).encode("latin-1") + body)


def read_request(stream):
    """Headers (names in lower case) and body; `None` when the client is gone."""
    if not stream.readline():
        return None
    headers = {}
    while (line := stream.readline().strip()):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return headers, stream.read(int(headers.get("content-length", 0)))
