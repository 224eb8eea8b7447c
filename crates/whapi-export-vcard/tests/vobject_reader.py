# Reads vCards from stdin and prints what vobject finds, one JSON object a line.
import io
import json
import sys

import vobject


def read(text):
    return [properties(card) for card in vobject.readComponents(text)]


def properties(card):
    n = card.n.value
    assert (n.family, n.additional, n.prefix, n.suffix) == ("", "", "", ""), repr(card)
    return {
        "name": [line.value for line in card.contents["fn"]],
        "given_name": n.given,
        "phones": [line.value for line in card.contents.get("tel", [])],
        "uid": [line.value for line in card.contents["uid"]],
        "note": [line.value for line in card.contents["note"]],
        "categories": [text for line in card.contents["categories"] for text in line.value],
    }


text = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline="").read()
cards = read(text)
# A reader that splits a file at every line end of Unicode must see the same lines.
assert read("\r\n".join(text.splitlines()) + "\r\n") == cards, "str.splitlines finds other lines"
json.dump(cards, sys.stdout)
