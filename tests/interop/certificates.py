"""Server certificates of every kind an Exchange may carry, made by OpenSSL.

The hash of the signature decides the channel binding (RFC 5929, section 4.1), so there is one kind for each.
They live in a temporary folder that goes with the process.
"""

import atexit
import functools
import hashlib
import pathlib
import shutil
import ssl
import subprocess
import tempfile

from cryptography import x509

HOST = "localhost"
NAMES = "subjectAltName=DNS:mail.contoso.test,DNS:localhost,IP:127.0.0.1"

RSA = ["-newkey", "rsa:2048"]
PSS = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]
KINDS = {
    "rsa-sha1": [*RSA, "-sha1"],
    "rsa-sha256": [*RSA, "-sha256"],
    "rsa-sha384": [*RSA, "-sha384"],
    "rsa-sha512": [*RSA, "-sha512"],
    "ec-p256": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-sha256"],
    "ec-p384": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-sha384"],
    "pss-sha256": [*RSA, "-sha256", *PSS],
    "pss-sha512": [*RSA, "-sha512", *PSS],
}

# RFC 5929: MD5 and SHA-1 are replaced by SHA-256.
END_POINT_HASH = {"sha1": "sha256", "md5": "sha256"}


@functools.cache
def folder():
    """Where the certificates of this process lie."""
    path = tempfile.mkdtemp(prefix="interop-certificates-")
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return pathlib.Path(path)


class Certificate:
    """A self-signed certificate and its key, as PEM files."""

    def __init__(self, stem):
        self.file = stem.with_suffix(".crt")
        self.key_file = stem.with_suffix(".key")
        self.der = ssl.PEM_cert_to_DER_cert(self.file.read_text())

    def pin(self):
        """What `--pin-sha256` wants."""
        return hashlib.sha256(self.der).hexdigest()

    def end_point_hash(self):
        """Name of the hash that its channel binding is made with."""
        return end_point_hash(self.der)

    def end_point(self):
        """`tls-server-end-point` of this certificate."""
        return end_point(self.der)


@functools.cache
def certificate(kind):
    """The certificate of a kind: made once, the same for the whole process."""
    stem = folder() / kind
    openssl("req", "-x509", "-nodes", "-days", "30", "-subj", "/CN=mail.contoso.test", "-addext", NAMES,
            *KINDS[kind], "-keyout", f"{stem}.key", "-out", f"{stem}.crt")
    return Certificate(stem)


@functools.cache
def foreign():
    """Another certificate for the same name: what stands behind a proxy that inspects TLS."""
    stem = folder() / "foreign"
    openssl("req", "-x509", "-nodes", "-days", "30", "-subj", "/CN=mail.contoso.test", "-addext", NAMES,
            *KINDS["rsa-sha256"], "-keyout", f"{stem}.key", "-out", f"{stem}.crt")
    return Certificate(stem)


@functools.cache
def authority():
    """The organization's own CA: its certificate signs those of `issued`."""
    stem = folder() / "authority"
    openssl("req", "-x509", "-nodes", "-days", "30", "-subj", "/CN=Contoso Internal CA", *KINDS["rsa-sha256"],
            "-addext", "keyUsage=critical,keyCertSign", "-keyout", f"{stem}.key", "-out", f"{stem}.crt")
    return Certificate(stem)


@functools.cache
def issued(digest, *signature):
    """A certificate of the CA, signed with this hash: not that of the CA's own signature."""
    stem = folder() / f"issued-{digest}-{len(signature)}"
    extensions = stem.with_suffix(".ext")
    extensions.write_text(f"{NAMES}\nextendedKeyUsage=serverAuth\nbasicConstraints=critical,CA:FALSE\n")
    openssl("req", "-nodes", "-newkey", "rsa:2048", "-subj", "/CN=mail.contoso.test", "-keyout", f"{stem}.key",
            "-out", f"{stem}.csr")
    openssl("x509", "-req", "-in", f"{stem}.csr", "-CA", authority().file, "-CAkey", authority().key_file,
            "-CAcreateserial", "-days", "30", f"-{digest}", *signature, "-extfile", extensions, "-out", f"{stem}.crt")
    return Certificate(stem)


def end_point(der):
    """`tls-server-end-point` of RFC 5929 for a certificate."""
    return hashlib.new(end_point_hash(der), der).digest()


def end_point_hash(der):
    """The hash of the certificate's signature, or what RFC 5929 puts in its place."""
    name = x509.load_der_x509_certificate(der).signature_hash_algorithm.name
    return END_POINT_HASH.get(name, name)


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
