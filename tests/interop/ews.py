"""Answers of EWS as Microsoft documents them: GetFolder, by impersonation or not.

Nothing here knows how the caller logged on.
"""

import hashlib
import re
from xml.sax.saxutils import escape

HEADER = (
    '<s:Header><h:ServerVersionInfo MajorVersion="15" MinorVersion="2" MajorBuildNumber="2562" MinorBuildNumber="17" '
    'Version="V2017_07_11" xmlns:h="http://schemas.microsoft.com/exchange/services/2006/types"/></s:Header>'
)
IMPERSONATED = re.compile(rb"ConnectingSID>\s*<(?:\w+:)?(?:SmtpAddress|PrimarySmtpAddress)>([^<]*)<")


def answer(body, mailboxes, own):
    """Status and envelope for a request body; `own` is the caller's own mailbox."""
    if b"GetFolder>" not in body:
        return 500, fault("ErrorInvalidRequest", "The request is invalid.")
    found = IMPERSONATED.search(body)
    address = found[1].decode() if found else own
    if address.casefold() not in {mailbox.casefold() for mailbox in (*mailboxes, own)}:
        text = "The SMTP address has no mailbox associated with it."
        return (500, fault("ErrorNonExistentMailbox", text)) if found else (200, failed("ErrorNonExistentMailbox", text))
    return 200, opened(address)


def opened(address):
    """The Inbox of this mailbox: the identity is its own."""
    identity = "AAMk" + hashlib.sha256(address.casefold().encode()).hexdigest()
    folder = f'<t:Folder><t:FolderId Id="{identity}" ChangeKey="AQAAABYAAAA="/></t:Folder>'
    return get_folder("Success", f"<m:ResponseCode>NoError</m:ResponseCode><m:Folders>{folder}</m:Folders>")


def failed(code, text):
    link = "<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>"
    return get_folder("Error", f"<m:MessageText>{escape(text)}</m:MessageText><m:ResponseCode>{code}</m:ResponseCode>{link}")


def get_folder(outcome, content):
    return envelope(
        '<m:GetFolderResponse xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" '
        'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><m:ResponseMessages>'
        f'<m:GetFolderResponseMessage ResponseClass="{outcome}">{content}</m:GetFolderResponseMessage>'
        "</m:ResponseMessages></m:GetFolderResponse>")


def fault(code, text):
    return envelope(
        '<s:Fault><faultcode xmlns:a="http://schemas.microsoft.com/exchange/services/2006/types">'
        f'a:{code}</faultcode><faultstring xml:lang="en-US">{escape(text)}</faultstring><detail>'
        f'<e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">{code}</e:ResponseCode>'
        f'<e:Message xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">{escape(text)}</e:Message>'
        "</detail></s:Fault>")


def envelope(content):
    return (f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
            f"{HEADER}<s:Body>{content}</s:Body></s:Envelope>").encode()
