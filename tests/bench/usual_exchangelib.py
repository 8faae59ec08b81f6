"""Opens every Inbox with exchangelib as its documentation has it: an account a mailbox, `account.inbox`, a thread a
lane. Prints one line of JSON.

    python usual_exchangelib.py URL USERS LANES MAILBOXES
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from exchangelib import BASIC, IMPERSONATION, Account, Build, Configuration, Credentials, Version
from exchangelib.protocol import BaseProtocol

URL, USERS, LANES, MAILBOXES = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])


def main():
    BaseProtocol.SESSION_POOLSIZE = LANES
    configuration = Configuration(service_endpoint=URL, credentials=Credentials("CONTOSO\\svc-ews", "pw"),
                                  auth_type=BASIC, version=Version(Build(15, 2, 2562, 17)), max_connections=LANES)
    with open(USERS, encoding="utf-8") as file:
        addresses = file.read().split()[1:1 + MAILBOXES]

    def opened(address):
        account = Account(primary_smtp_address=address, config=configuration, access_type=IMPERSONATION, autodiscover=False)
        return bool(account.inbox.id)

    started = time.perf_counter()
    with ThreadPoolExecutor(LANES) as pool:
        total = sum(pool.map(opened, addresses))
    print(json.dumps({"opened": total, "seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    main()
