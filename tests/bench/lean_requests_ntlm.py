"""Opens every Inbox with requests and requests-ntlm, in its leanest form: a session a thread, kept open, one
POST a mailbox with the body of `understudy check`. Prints one line of JSON.

    python lean_requests_ntlm.py WORLD LANES MAILBOXES
"""

import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from xml.sax.saxutils import escape

import requests
from requests_ntlm import HttpNtlmAuth

WORLD, LANES, MAILBOXES = json.loads(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
BODY = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" '
    'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><soap:Header>'
    '<t:RequestServerVersion Version="Exchange2013_SP1"/><t:ExchangeImpersonation><t:ConnectingSID>'
    "<t:SmtpAddress>{}</t:SmtpAddress></t:ConnectingSID></t:ExchangeImpersonation></soap:Header><soap:Body><m:GetFolder>"
    "<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>"
    '<t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:GetFolder></soap:Body></soap:Envelope>')
LOCAL = threading.local()


def session():
    """This thread's own, so that its log-on stays with its connection."""
    if not hasattr(LOCAL, "session"):
        LOCAL.session = requests.Session()
        LOCAL.session.trust_env = False
        LOCAL.session.verify = WORLD["ca_file"]
        LOCAL.session.auth = HttpNtlmAuth(WORLD["account"], WORLD["password"])
    return LOCAL.session


def opened(address):
    headers = {"Content-Type": "text/xml; charset=utf-8", "X-AnchorMailbox": address}
    reply = session().post(WORLD["ews_url"], data=BODY.format(escape(address)).encode(), headers=headers, timeout=60)
    return reply.status_code == 200 and b"NoError" in reply.content


def main():
    with open(WORLD["users_file"], encoding="utf-8") as file:
        addresses = file.read().split()[:MAILBOXES]
    started = time.perf_counter()
    with ThreadPoolExecutor(LANES) as pool:
        total = sum(pool.map(opened, addresses))
    print(json.dumps({"opened": total, "seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    main()
