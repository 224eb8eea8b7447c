# Reads vCards from stdin as GNOME's importer does, by its own library, and prints what it finds,
# one JSON object a line.
import json
import sys

import gi

gi.require_version("EBookContacts", "1.2")
from gi.repository import EBookContacts  # noqa: E402


def cards(text):
    """Cuts a file into cards by its lines, since the library reads one card at a time."""
    lines = []
    for line in text.split("\r\n")[:-1]:
        lines.append(line)
        if line == "END:VCARD":
            yield "\r\n".join(lines) + "\r\n"
            lines = []
    assert not lines, lines


def properties(card):
    contact = EBookContacts.Contact.new_from_vcard(card)
    found = {"shown": contact.get_property("full-name")}
    for attribute in EBookContacts.VCard.get_attributes(contact):
        found.setdefault(attribute.get_name(), []).append(list(attribute.get_values()))
    return found


found = [properties(card) for card in cards(sys.stdin.buffer.read().decode())]
json.dump(found, sys.stdout)
