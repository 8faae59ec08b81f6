"""A Kerberos realm for one test: MIT's KDC on a free port of loopback, with the service account, the
service of the web server and its key table. `environment` is what a client or a server needs to find it.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

REALM = "CONTOSO.TEST"
USER = f"svc-ews@{REALM}"
SERVICE = f"HTTP/localhost@{REALM}"
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/usr/lib/krb5/bin"])


class Realm:
    """The realm, answering while the `with` block runs."""

    def __init__(self, password):
        self.password = password
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="interop-realm-"))
        self.key_table = self.folder / "service.keytab"
        self.cache = self.folder / "tickets"
        self.port = free_port()
        self.environment = {
            "KRB5_CONFIG": str(self.folder / "krb5.conf"),
            "KRB5_KDC_PROFILE": str(self.folder / "kdc.conf"),
            "KRB5_KTNAME": f"FILE:{self.key_table}",
            "KRB5CCNAME": f"FILE:{self.cache}",
            "KRB5RCACHENAME": f"dfl:{self.folder}",
            "KRB5RCACHEDIR": str(self.folder),
        }

    def __enter__(self):
        self.configure()
        self.tool("kdb5_util", "create", "-s", "-r", REALM, "-P", "master-key-of-a-test")
        self.tool("kadmin.local", "-r", REALM, "addprinc", "+requires_preauth", "-pw", self.password, USER)
        self.tool("kadmin.local", "-r", REALM, "addprinc", "-randkey", SERVICE)
        self.tool("kadmin.local", "-r", REALM, "ktadd", "-k", str(self.key_table), SERVICE)
        self.process = subprocess.Popen([program("krb5kdc"), "-n", "-r", REALM], env=self.full_environment(),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait_until_it_answers()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def full_environment(self):
        return {**os.environ, **self.environment, "PATH": PATH}

    def sign_in(self):
        """A ticket for the service account in the ticket cache: `kinit`."""
        subprocess.run([program("kinit"), USER], input=self.password + "\n", text=True, check=True,
                       env=self.full_environment(), capture_output=True)

    def requests(self):
        """Lines of the KDC's log about tickets it was asked for."""
        log = self.folder / "kdc.log"
        lines = log.read_text().splitlines() if log.exists() else []
        return [line for line in lines if "AS_REQ" in line or "TGS_REQ" in line]

    def configure(self):
        (self.folder / "krb5.conf").write_text(
            f"[libdefaults]\n default_realm = {REALM}\n dns_lookup_kdc = false\n dns_lookup_realm = false\n"
            f" rdns = false\n dns_canonicalize_hostname = false\n udp_preference_limit = 1\n"
            f"[realms]\n {REALM} = {{\n  kdc = 127.0.0.1:{self.port}\n }}\n"
            f"[domain_realm]\n localhost = {REALM}\n .contoso.test = {REALM}\n")
        (self.folder / "kdc.conf").write_text(
            f"[kdcdefaults]\n kdc_listen = 127.0.0.1:{self.port}\n kdc_tcp_listen = 127.0.0.1:{self.port}\n"
            f"[realms]\n {REALM} = {{\n  database_name = {self.folder}/principal\n  key_stash_file = {self.folder}/stash\n"
            f"  acl_file = {self.folder}/acl\n  max_life = 1h\n }}\n"
            f"[logging]\n kdc = FILE:{self.folder}/kdc.log\n")

    def tool(self, name, *arguments):
        done = subprocess.run([program(name), *arguments], env=self.full_environment(), capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{name} {arguments}: {done.stdout}{done.stderr}")

    def wait_until_it_answers(self):
        for _ in range(200):
            if self.process.poll() is not None:
                raise RuntimeError("krb5kdc ended at once")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("krb5kdc does not answer")


def program(name):
    """The path of a tool of krb5; some are outside the path of an ordinary user."""
    found = shutil.which(name, path=PATH)
    if not found:
        raise RuntimeError(f"{name} is missing: apt-get install krb5-kdc krb5-admin-server krb5-user")
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
