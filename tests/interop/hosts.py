"""Leads host names to servers on this machine, for clients in this process; every other name is not there."""

import contextlib
import unittest.mock
import urllib.parse

import dns.resolver
import urllib3.util.connection
from exchangelib.autodiscover.discovery import Autodiscovery


class Names:
    """A name server for exchangelib: knows the hosts that were led here, and no service records."""

    def __init__(self, hosts):
        self.hosts = hosts

    def resolve(self, name, kind="A", **_):
        if kind != "A" or name.rstrip(".") not in self.hosts:
            raise dns.resolver.NXDOMAIN
        return ["127.0.0.1"]


@contextlib.contextmanager
def led_to(url, *hosts):
    """Port 443 of these hosts is the server of this URL; answers the list of what was connected to."""
    port = urllib.parse.urlsplit(url).port
    connected, connect = [], urllib3.util.connection.create_connection

    def create_connection(address, *arguments, **options):
        connected.append(address)
        host, wanted = address
        if host in hosts and wanted == 443:
            return connect(("127.0.0.1", port), *arguments, **options)
        if host in ("localhost", "127.0.0.1"):
            return connect(address, *arguments, **options)
        raise ConnectionRefusedError(f"{host}:{wanted} is not there")

    names = unittest.mock.PropertyMock(return_value=Names(hosts))
    with unittest.mock.patch.object(urllib3.util.connection, "create_connection", create_connection), \
            unittest.mock.patch.object(Autodiscovery, "resolver", names):
        yield connected
