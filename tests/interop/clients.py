"""Clients nobody here wrote, each reduced to the status that it ends with."""

import base64
import http.client
import ssl
import subprocess
import urllib.parse

import requests
import spnego
from requests_ntlm import HttpNtlmAuth

from acceptors import ACCOUNT, PASSWORD
from certificates import end_point
from ntlm_message import channel_of

BODY = "<m:GetFolder>"
XML = {"Content-Type": "text/xml; charset=utf-8"}


def curl(url, trusted, *options, account=ACCOUNT, password=PASSWORD, body=BODY):
    """curl sends NTLM without a channel binding."""
    command = ["curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--max-time", "20",
               "--header", "Content-Type: text/xml; charset=utf-8", "--user", f"{account}:{password}",
               "--data-binary", "@-", *options, url]
    if trusted:
        command += ["--cacert", str(trusted)]
    return int(subprocess.run(command, input=body.encode(), capture_output=True, check=True).stdout)


def requests_ntlm(url, trusted, *, account=ACCOUNT, password=PASSWORD, binding=True, body=BODY, times=1):
    """requests-ntlm sends NTLM with the binding of the certificate it sees."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(trusted) if trusted else True
        session.auth = HttpNtlmAuth(account, password, send_cbt=binding)
        return [session.post(url, data=body.encode(), headers=XML, timeout=20).status_code for _ in range(times)][-1]


def spnego_client(url, trusted, *, account=ACCOUNT, password=PASSWORD, binding=True, body=BODY, times=1):
    """pyspnego's NTLM within SPNEGO, on one connection: the statuses of all requests after the log-on too."""
    parts = urllib.parse.urlsplit(url)
    tls = ssl.create_default_context(cafile=str(trusted))
    connection = http.client.HTTPSConnection(parts.hostname, parts.port, context=tls, timeout=20)
    connection.connect()
    channel = channel_of(end_point(connection.sock.getpeercert(binary_form=True))) if binding else None
    context = spnego.client(account, password, parts.hostname, "HTTP", channel_bindings=channel,
                            options=spnego.NegotiateOptions.use_negotiate)
    token = context.step()
    while token:
        reply = post(connection, parts.path, body, {"Authorization": f"Negotiate {base64.b64encode(token).decode()}"})
        answered = reply_token(reply)
        token = context.step(answered) if answered else None
    statuses = [reply.status]
    if reply.status != 401:
        statuses += [post(connection, parts.path, body, {}).status for _ in range(times - 1)]
    connection.close()
    return statuses


def post(connection, path, body, headers):
    connection.request("POST", path, body.encode(), {**XML, **headers})
    reply = connection.getresponse()
    reply.read()
    return reply


def reply_token(reply):
    scheme, _, text = (reply.headers.get("WWW-Authenticate") or "").partition(" ")
    return base64.b64decode(text) if scheme == "Negotiate" and text else None
