"""Servers whose TLS a modern client cannot or must not speak, by OpenSSL through Python."""

import contextlib
import socket
import ssl
import threading
import warnings

from certificates import certificate


def context(kind="rsa-sha256"):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Without it OpenSSL itself would refuse what these servers are for.
    made.set_ciphers("ALL:@SECLEVEL=0")
    made.load_cert_chain(certificate(kind).file, certificate(kind).key_file)
    return made


def ciphers_only(names):
    """TLS 1.2 with these suites and no others."""
    made = context()
    made.maximum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers(f"{names}:@SECLEVEL=0")
    return made


def old_versions_only():
    """TLS 1.0 and 1.1, which went out of use in 2021 (RFC 8996)."""
    made = context()
    made.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with warnings.catch_warnings():
        # That it is out of use is the point of this server.
        warnings.simplefilter("ignore", DeprecationWarning)
        made.maximum_version = ssl.TLSVersion.TLSv1_1
    return made


def client_certificate(version):
    """Demands a certificate of the client, in the handshake of this version."""
    made = context()
    made.minimum_version = made.maximum_version = version
    made.verify_mode = ssl.CERT_REQUIRED
    made.load_verify_locations(certificate("rsa-sha512").file)
    return made


@contextlib.contextmanager
def serving(talk):
    """Calls `talk(socket)` for each connection, in a thread; gives the port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def one(stream):
        with contextlib.suppress(OSError), stream:
            stream.settimeout(20)
            talk(stream)

    def listen():
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def over(tls):
    """Speaks HTTP over this TLS: every request is asked to log on."""

    def talk(stream):
        with tls.wrap_socket(stream, server_side=True) as secured:
            while secured.recv(65536):
                secured.sendall(b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\n"
                                b"WWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n")

    return talk


def plain_http(stream):
    """A web server without TLS: what it reads is no request."""
    if stream.recv(65536):
        stream.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
                       b"<html><body><h1>400 Bad Request</h1></body></html>")


def mail_banner(stream):
    """A mail server greets before it is asked."""
    stream.sendall(b"220 mail.contoso.test Microsoft ESMTP MAIL Service ready\r\n")
    stream.recv(65536)
