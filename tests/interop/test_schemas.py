"""Requests of our codec and answers of the practice Exchange fit the schemas of EWS."""

import base64
import ssl
import unittest
import urllib.error
import urllib.request
import xml.etree.ElementTree as ElementTree

import ews
from practice import Practice
from schemas import envelopes, validate

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"


def body_of(envelope):
    """The first child of the SOAP body, as a document of its own."""
    body = ElementTree.fromstring(envelope).find(f"{SOAP}Body")
    return ElementTree.tostring(list(body)[0], encoding="unicode")


def headers_of(envelope):
    """The header elements, each as a document. `RequestServerVersion` is left out: the schema of the
    package fixes its value to an older version."""
    header = ElementTree.fromstring(envelope).find(f"{SOAP}Header")
    return [ElementTree.tostring(child, encoding="unicode") for child in header if not child.tag.endswith("RequestServerVersion")]


def ask(practice, envelope):
    credentials = base64.b64encode(f"{practice.account}:{practice.password}".encode()).decode()
    headers = {"Content-Type": "text/xml; charset=utf-8", "Authorization": f"Basic {credentials}"}
    request = urllib.request.Request(practice.ews_url, envelope.encode(), headers)
    trust = ssl.create_default_context(cafile=practice.ca_file) if practice.ca_file else None
    try:
        with urllib.request.urlopen(request, context=trust, timeout=20) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


class Requests(unittest.TestCase):
    def test_every_request_is_valid(self):
        for name, envelope in envelopes("o'brien&co@contoso.com").items():
            with self.subTest(name):
                self.assertEqual(validate(body_of(envelope)), "")
                for header in headers_of(envelope):
                    self.assertEqual(validate(header, "types.xsd"), "")

    def test_the_validator_sees_a_wrong_one(self):
        envelope = envelopes("anna@contoso.com")["get_folder_smtp"]
        wrong = envelope.replace("FolderShape", "FolderForm")
        self.assertNotEqual(validate(body_of(wrong)), "")


class Answers(unittest.TestCase):
    def test_every_answer_is_valid(self):
        with Practice("--scenario", "demo") as practice:
            seen = set()
            for address in practice.addresses():
                status, reply = ask(practice, envelopes(address)["get_folder_smtp"])
                body = ElementTree.fromstring(reply).find(f"{SOAP}Body")
                if list(body)[0].tag == f"{SOAP}Fault":
                    self.assertEqual(status, 500, reply)
                    seen.add("fault")
                    continue
                self.assertEqual(status, 200, reply)
                seen.add(body.find(".//{*}ResponseCode").text)
                self.assertEqual(validate(body_of(reply)), "", reply)
            self.assertIn("NoError", seen)
            self.assertGreater(len(seen), 3, "the demo organization fails in different ways")


class AnswersOfTheTestServer(unittest.TestCase):
    def test_they_are_valid_too(self):
        for reply in (ews.opened("anna@contoso.com"), ews.failed("ErrorNonExistentMailbox", "No such mailbox.")):
            self.assertEqual(validate(body_of(reply)), "", reply)


if __name__ == "__main__":
    unittest.main()
