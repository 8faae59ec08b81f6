"""exchangelib asks the practice Exchange for rooms, groups and names, and makes and deletes a draft."""

import unittest

from exchangelib import Message
from exchangelib.errors import ErrorItemNotFound, ErrorNameResolutionNoMailbox, ErrorNameResolutionNoResults

from practice import Practice
from test_exchangelib import account


def protocol(practice):
    """Asks as the service account itself. exchangelib wants to know the version before it resolves names."""
    asked = account(practice, practice.addresses()[0]).protocol
    _ = asked.version
    return asked


class Rooms(unittest.TestCase):
    def test_every_list_and_its_rooms(self):
        with Practice("--scenario", "healthy", "--users", "5", "--http") as practice:
            asked = protocol(practice)
            lists = {found.email_address: found.name for found in asked.get_roomlists()}
            self.assertEqual(lists, {"rooms.harbor@contoso.com": "Harbor Building rooms",
                                     "rooms.garden@contoso.com": "Garden Building rooms"})
            rooms = [room.email_address for room in asked.get_rooms("rooms.garden@contoso.com")]
            self.assertEqual(rooms, ["room.orchard@contoso.com", "room.meadow@contoso.com"])
            with self.assertRaises(ErrorNameResolutionNoResults):
                list(asked.get_rooms("nowhere@contoso.com"))

    def test_no_room_lists(self):
        with Practice("--scenario", "no-room-lists", "--users", "5", "--http") as practice:
            self.assertEqual(list(protocol(practice).get_roomlists()), [])

    def test_an_account_without_a_mailbox_is_told_so(self):
        with Practice("--scenario", "account-without-mailbox", "--users", "5", "--http") as practice:
            with self.assertRaises(ErrorNameResolutionNoMailbox):
                list(account(practice, practice.addresses()[0]).protocol.get_roomlists())


class Names(unittest.TestCase):
    def test_a_group_within_a_group(self):
        with Practice("--scenario", "healthy", "--users", "6", "--http") as practice:
            asked = protocol(practice)
            people = practice.addresses()
            members = {found.email_address: found.mailbox_type for found in asked.expand_dl("all-staff@contoso.com")}
            self.assertEqual(members, {people[0]: "Mailbox", people[3]: "Mailbox", "sales@contoso.com": "PublicDL"})
            nested = [found.email_address for found in asked.expand_dl("sales-north@contoso.com")]
            self.assertEqual(nested, [people[2], people[5], "sales@contoso.com"])

    def test_a_name_and_its_beginning(self):
        with Practice("--scenario", "healthy", "--users", "200", "--http") as practice:
            asked = protocol(practice)
            one = list(asked.resolve_names([practice.addresses()[0]]))
            self.assertEqual([found.email_address for found in one], [practice.addresses()[0]])
            several = list(asked.resolve_names(["sales"]))
            self.assertEqual([found.email_address for found in several], ["sales@contoso.com", "sales-north@contoso.com"])


class Drafts(unittest.TestCase):
    def test_a_draft_is_saved_and_gone(self):
        with Practice("--scenario", "healthy", "--users", "3", "--http") as practice:
            someone = account(practice, practice.addresses()[0])
            draft = Message(account=someone, folder=someone.drafts, subject="Test & gone", body="Made by a test.").save()
            found = list(someone.fetch([(draft.id, draft.changekey)], only_fields=["subject"]))
            self.assertEqual(found[0].subject, "Test & gone")
            identity = (draft.id, draft.changekey)
            draft.delete()
            self.assertIsInstance(list(someone.fetch([identity], only_fields=["subject"]))[0], ErrorItemNotFound)


if __name__ == "__main__":
    unittest.main()
