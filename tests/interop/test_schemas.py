"""Requests of our codec and answers of the practice Exchange fit the schemas of EWS."""

import base64
import re
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


class AnswersOfTheDirectory(unittest.TestCase):
    def test_they_are_valid_with_results_and_without(self):
        with Practice("--scenario", "healthy", "--users", "5") as practice:
            room_list, group = "rooms.harbor@contoso.com", "all-staff@contoso.com"
            for address in (room_list, group, practice.addresses()[0], "nobody@contoso.com"):
                for name, envelope in envelopes(address).items():
                    if not name.startswith(("get_room_lists", "get_rooms", "expand_dl", "resolve_names", "server_time_zones")):
                        continue
                    with self.subTest(name, address=address):
                        self.assertIsNone(self.problem(practice, envelope))
            several = envelopes("x@contoso.com")["resolve_names"].replace("svc-ews", "sales")
            self.assertIn("ErrorNameResolutionMultipleResults", ask(practice, several)[1])
            self.assertIsNone(self.problem(practice, several))

    def test_so_are_those_without_rooms_or_a_mailbox(self):
        for scenario, code in (("no-room-lists", "NoError"), ("account-without-mailbox", "ErrorNameResolutionNoMailbox")):
            with self.subTest(scenario), Practice("--scenario", scenario, "--users", "3") as practice:
                asked = [envelope for name, envelope in envelopes("x@contoso.com").items() if name.startswith("get_room_lists")]
                self.assertIn(code, ask(practice, asked[0])[1])
                self.assertIsNone(self.problem(practice, asked[0]))

    def problem(self, practice, envelope):
        """What the schema finds wrong; a fault is no answer of an operation, and fits none."""
        status, reply = ask(practice, envelope)
        if status == 500 and ":Fault>" in reply:
            return None
        self.assertEqual(status, 200, reply)
        return validate(body_of(reply)) or None


class AnswersAboutDrafts(unittest.TestCase):
    def test_they_are_valid_from_the_first_to_the_last(self):
        with Practice("--scenario", "healthy", "--users", "3") as practice:
            asked = envelopes(practice.addresses()[0])
            of = {operation: next(envelope for name, envelope in asked.items()
                                  if name.startswith(operation) and "ExchangeImpersonation" in envelope)
                  for operation in ("create_item", "get_item", "delete_item")}
            made = self.valid(practice, of["create_item"])
            item = re.search('<t:ItemId Id="([^"]+)"', made)[1]
            for operation in ("get_item", "delete_item"):
                done = self.valid(practice, re.sub('Id="AAMk[^"]*"', f'Id="{item}"', of[operation]))
                self.assertIn("NoError", done)
            self.assertIn("ErrorItemNotFound", self.valid(practice, of["get_item"]))

    def valid(self, practice, envelope):
        status, reply = ask(practice, envelope)
        self.assertEqual((status, validate(body_of(reply))), (200, ""), reply)
        return reply


class AnswersOfTheTestServer(unittest.TestCase):
    def test_they_are_valid_too(self):
        for reply in (ews.opened("anna@contoso.com"), ews.failed("ErrorNonExistentMailbox", "No such mailbox.")):
            self.assertEqual(validate(body_of(reply)), "", reply)


if __name__ == "__main__":
    unittest.main()
