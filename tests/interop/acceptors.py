"""Servers' halves of NTLM and Negotiate that nobody here wrote: pyspnego, gss-ntlmssp, MIT Kerberos, Samba.

An acceptor serves one log-on: `step` takes a token of the client and answers with the server's (or with
nothing), `complete` says that the client is who `principal` says, `Refused` that it is not.
"""

import atexit
import base64
import functools
import os
import pathlib
import shutil
import subprocess
import tempfile

import gssapi
import spnego
from spnego.exceptions import SpnegoError

from ntlm_message import claim

# A refused token is an error at once, not at the next use of the context.
gssapi.SecurityContext.__DEFER_STEP_ERRORS__ = False

ACCOUNT = "CONTOSO\\svc-ews"
PASSWORD = "Correct-Horse;42!"
# The same in the other form of names, and one that no code page of the West holds whole.
PRINCIPAL_NAME = "svc-ews@contoso.com"
FOREIGN_ACCOUNT = "CONTOSO\\jürgen.łuczak"
FOREIGN_PASSWORD = "Pässwörd-żółć-42€"


class Refused(Exception):
    """The log-on failed; says why, for the records of the test."""


@functools.cache
def user_file():
    """The accounts, in the format that pyspnego and gss-ntlmssp share."""
    folder = tempfile.mkdtemp(prefix="interop-accounts-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = pathlib.Path(folder) / "accounts"
    accounts = {ACCOUNT: PASSWORD, f"\\{PRINCIPAL_NAME}": PASSWORD, FOREIGN_ACCOUNT: FOREIGN_PASSWORD}
    lines = [f"{name.replace(chr(92), ':')}:{password}\n" for name, password in accounts.items()]
    path.write_text("".join(lines), encoding="utf-8")
    return str(path)


class Pyspnego:
    """NTLM in Python; under `Negotiate` within SPNEGO or bare, as IIS takes both."""

    def __init__(self, scheme, channel, protection):
        os.environ["NTLM_USER_FILE"] = user_file()
        self.channel = channel
        self.protection = protection
        options = spnego.NegotiateOptions.use_ntlm if scheme == "NTLM" else spnego.NegotiateOptions.use_negotiate
        self.context = spnego.server(protocol=scheme.lower(), options=options)

    @property
    def complete(self):
        return self.context.complete

    @property
    def principal(self):
        return str(self.context.client_principal)

    def step(self, token):
        seen = claim(token, self.channel)
        judged = self.protection == "require" or (self.protection == "allow" and seen and seen.binding != "absent")
        # pyspnego lets an all-zero binding pass; Windows does not.
        if judged and seen and seen.binding == "zero":
            raise Refused("all-zero channel binding")
        try:
            return self.context.step(token, channel_bindings=self.channel if judged else None)
        # StopIteration: no mechanism of the SPNEGO offer is left when the only one has failed.
        except (SpnegoError, ValueError, StopIteration) as error:
            raise Refused(f"{type(error).__name__}: {error}") from error


class Gssapi:
    """MIT's GSSAPI, in C."""

    def __init__(self, credentials, channel, protection):
        bindings = None
        if protection != "none":
            bindings = gssapi.raw.ChannelBindings(application_data=channel.application_data)
        self.context = gssapi.SecurityContext(creds=credentials, usage="accept", channel_bindings=bindings)

    @property
    def complete(self):
        return self.context.complete

    @property
    def principal(self):
        return str(self.context.initiator_name)

    def step(self, token):
        try:
            return self.context.step(token)
        except gssapi.exceptions.GSSError as error:
            raise Refused(f"{type(error).__name__}: {error}") from error


class GssNtlmssp(Gssapi):
    """gss-ntlmssp, a mechanism of MIT's GSSAPI."""

    MECHANISM = gssapi.OID.from_int_seq("1.3.6.1.4.1.311.2.2.10")

    def __init__(self, _scheme, channel, protection):
        os.environ["NTLM_USER_FILE"] = user_file()
        super().__init__(gssapi.Credentials(usage="accept", mechs=[self.MECHANISM]), channel, protection)


class Kerberos(Gssapi):
    """Kerberos, in SPNEGO or bare, with the key table of the realm that the environment names."""

    SPNEGO = gssapi.OID.from_int_seq("1.3.6.1.5.5.2")

    def __init__(self, _scheme, channel, protection):
        credentials = gssapi.Credentials(usage="accept", mechs=[gssapi.MechType.kerberos, self.SPNEGO])
        # Else GSSAPI would take NTLM too, where gss-ntlmssp is installed.
        gssapi.raw.set_neg_mechs(credentials, [gssapi.MechType.kerberos])
        super().__init__(credentials, channel, protection)
        self.protection = protection

    def step(self, token):
        reply = super().step(token)
        # MIT lets an absent binding pass; Windows does not where one is required.
        if self.complete and self.protection == "require" and not self.bound():
            raise Refused("no channel binding")
        return reply

    def bound(self):
        return gssapi.RequirementFlag.channel_bound in self.context.actual_flags


class Windows:
    """What `Negotiate` is on Windows: Kerberos or NTLM, by the client's first token."""

    def __init__(self, scheme, channel, protection):
        self.arguments = scheme, channel, protection
        self.chosen = None

    @property
    def complete(self):
        return self.chosen.complete

    @property
    def principal(self):
        return self.chosen.principal

    def step(self, token):
        if self.chosen is None:
            self.chosen = (Pyspnego if b"NTLMSSP" in token else Kerberos)(*self.arguments)
        return self.chosen.step(token)


class Samba:
    """Samba's `ntlm_auth`, spoken to as Squid does. It knows no channel binding."""

    PROTOCOL = {"NTLM": "squid-2.5-ntlmssp", "Negotiate": "gss-spnego"}

    def __init__(self, scheme, _channel, _protection):
        domain, user = ACCOUNT.split("\\")
        command = ["ntlm_auth", f"--configfile={samba_configuration()}", f"--helper-protocol={self.PROTOCOL[scheme]}",
                   f"--username={user}", f"--domain={domain}", f"--password={PASSWORD}"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True, bufsize=1)
        self.scheme = scheme
        self.word = "YR"
        self.complete = False
        self.principal = None

    def step(self, token):
        self.process.stdin.write(f"{self.word} {base64.b64encode(token).decode()}\n")
        self.process.stdin.flush()
        self.word = "KK"
        kind, _, rest = self.process.stdout.readline().strip().partition(" ")
        words = rest.split()
        if kind == "TT":
            return base64.b64decode(words[0])
        self.close()
        if kind != "AF":
            raise Refused(f"{kind} {rest}")
        self.complete, self.principal = True, words[-1]
        return base64.b64decode(words[0]) if self.scheme == "Negotiate" and words[0] != "*" else None

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


@functools.cache
def samba_configuration():
    """The least that `ntlm_auth` wants to know; its databases go into a folder of their own."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="interop-samba-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    places = ["state directory", "cache directory", "lock directory", "pid directory", "private dir", "ncalrpc dir"]
    lines = ["[global]", "workgroup = CONTOSO", "netbios name = EX1", *(f"{place} = {folder}" for place in places)]
    path = folder / "smb.conf"
    path.write_text("\n".join(lines) + "\n")
    return path
