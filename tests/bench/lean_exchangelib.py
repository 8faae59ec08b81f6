"""Opens every Inbox with exchangelib, in its leanest form: one GetFolder a mailbox, no autodiscover, no
`account.inbox` (which serializes all accounts behind a class-level lock). Prints one line of JSON."""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import requests.adapters
from exchangelib import BASIC, IMPERSONATION, Account, Build, Configuration, Credentials, Version
from exchangelib.folders import DistinguishedFolderId
from exchangelib.properties import Mailbox
from exchangelib.protocol import BaseProtocol
from exchangelib.services import GetFolder

URL, USERS, LANES, MAILBOXES = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
CA = os.environ.get("REQUESTS_CA_BUNDLE")


class TrustingAdapter(requests.adapters.HTTPAdapter):
    """Trusts the benchmark's own CA."""

    def cert_verify(self, conn, url, verify, cert):
        super().cert_verify(conn=conn, url=url, verify=CA, cert=cert)


def main():
    if CA:
        BaseProtocol.HTTP_ADAPTER_CLS = TrustingAdapter
    BaseProtocol.SESSION_POOLSIZE = LANES
    configuration = Configuration(service_endpoint=URL, credentials=Credentials("CONTOSO\\svc-ews", "pw"),
                                  auth_type=BASIC, version=Version(Build(15, 2, 2562, 17)), max_connections=LANES)
    with open(USERS, encoding="utf-8") as file:
        addresses = file.read().split()[1:1 + MAILBOXES]

    def opened(address):
        account = Account(primary_smtp_address=address, config=configuration, access_type=IMPERSONATION, autodiscover=False)
        folder = DistinguishedFolderId(id="inbox", mailbox=Mailbox(email_address=address))
        service = GetFolder(account=account)
        payload = service.get_payload(folders=[folder], additional_fields=[], shape="IdOnly")
        # Below `call`, which would look up a folder class for each answer: leaner still.
        return sum(1 for answer in service._get_elements(payload=payload) if not isinstance(answer, Exception))

    started = time.perf_counter()
    with ThreadPoolExecutor(LANES) as pool:
        total = sum(pool.map(opened, addresses))
    print(json.dumps({"opened": total, "seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    main()
