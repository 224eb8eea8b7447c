"""The schema, the page of the protocol and the recorded conversations say the same."""

import copy
import json
import re
import unittest
from typing import Any, Dict, Iterator, Tuple

from support import RECORDINGS, REPOSITORY, VALIDATORS, Message, Recording

PROTOCOL = REPOSITORY / "docs" / "protocol"
SCHEMA = json.loads((PROTOCOL / "exporter-v1.schema.json").read_text("utf-8"))
PAGE = (PROTOCOL / "exporter-v1.md").read_text("utf-8")
OTHER = {"host": "program", "program": "host"}


def messages() -> Iterator[Tuple[str, Message]]:
    """All recorded messages, with their sides."""
    for path in sorted(RECORDINGS.glob("*.jsonl")):
        for entry in Recording(path).entries:
            if "message" in entry:
                yield entry["from"], entry["message"]


def fields(schema: Dict[str, Any], prefix: str = "") -> Iterator[Tuple[str, bool]]:
    """The fields of a schema, those within others too, and whether each is always there."""
    for name, field in schema["properties"].items():
        if field.get("$ref") == "#/$defs/option":
            field = SCHEMA["$defs"]["option"]
        items = field.get("items", {})
        items = SCHEMA["$defs"]["option"] if items.get("$ref") == "#/$defs/option" else items
        if "properties" in field:
            yield from fields(field, f"{prefix}{name}.")
        elif name != "type":
            yield prefix + name, name in schema["required"]
        if "properties" in items:
            yield from fields(items, f"{prefix}{name}[].")


@unittest.skipUnless(VALIDATORS, "SKIPPED: no jsonschema here")
class Schema(unittest.TestCase):
    def refuses(self, side: str, message: object) -> bool:
        return not VALIDATORS[side].is_valid(message)

    def test_a_message_belongs_to_one_side(self) -> None:
        for side, message in messages():
            VALIDATORS[side].validate(message)
            self.assertTrue(self.refuses(OTHER[side], message), message)

    def test_each_required_field_is_required(self) -> None:
        seen = set()
        for side, message in messages():
            for field in SCHEMA["$defs"][message["type"]]["required"]:
                rest = {key: value for key, value in message.items() if key != field}
                self.assertTrue(self.refuses(side, rest), (field, message))
            seen.add(message["type"])
        named = [one["$ref"].split("/")[-1] for side in OTHER for one in SCHEMA["$defs"][side]["oneOf"]]
        self.assertEqual(sorted(seen), sorted(named))

    def test_values_of_another_type_are_refused(self) -> None:
        for side, message in messages():
            for field in message:
                if not field.startswith("x_"):
                    broken = {**message, field: {"no": ["value"]} if field != "options" else 1}
                    self.assertTrue(self.refuses(side, broken), (field, message))

    def test_the_record_of_a_contact_is_that_of_json_lines(self) -> None:
        jsonl = json.loads((REPOSITORY / "docs" / "mapping" / "jsonl.schema.json").read_text("utf-8"))
        contact = SCHEMA["$defs"]["contact"]["properties"]
        expected = {key: {"$ref": f"../mapping/jsonl.schema.json#/properties/{key}"} for key in jsonl["properties"]}
        self.assertEqual(contact, expected)
        batch: Message = {"type": "batch", "seq": 1, "contacts": [{"id": "447700900001", "phone": "0770"}]}
        self.assertTrue(self.refuses("host", batch))
        fixed = copy.deepcopy(batch)
        fixed["contacts"][0]["phone"] = "+447700900001"
        VALIDATORS["host"].validate(fixed)

    def test_the_example_of_the_page_is_valid(self) -> None:
        text = PAGE.split("```text\n")[1:]
        types = []
        for block in (one.split("```")[0] for one in text):
            for side, message in re.findall(r"^([<>]) (.*?)(?=^[<>]|\Z)", block, re.DOTALL | re.MULTILINE):
                VALIDATORS["host" if side == ">" else "program"].validate(json.loads(message))
                types.append(json.loads(message)["type"])
        expected = "hello begin ready batch ack batch status ack finish done"
        self.assertEqual(" ".join(types), expected)


class Page(unittest.TestCase):
    def test_the_tables_have_the_fields_of_the_schema(self) -> None:
        with_table = []
        for section in PAGE.split("\n### ")[1:]:
            name = re.match(r"`(\w+)`\n", section)
            table = section.split("\n## ")[0].split("| field |")
            if name is None or len(table) == 1:
                continue
            rows = [re.split(r"(?<!\\) ?\| ?", row) for row in table[1].split("\n\n")[0].splitlines()[2:]]
            found: Dict[str, bool] = {}
            for _, names, _, presence, *_ in rows:
                found.update((field, presence == "always") for field in re.findall(r"`([^`]+)`", names))
            self.assertEqual(found, dict(fields(SCHEMA["$defs"][name[1]])), name[1])
            with_table.append(name[1])
        self.assertEqual(with_table, "hello ack done error describe begin batch finish".split())

    def test_the_kinds_of_errors_are_those_of_the_schema(self) -> None:
        kinds = re.findall(r"^\| `(\w+)` \| ", PAGE.split("| kind | when |")[1].split("\n\n")[0], re.MULTILINE)
        self.assertEqual(kinds, SCHEMA["$defs"]["error"]["properties"]["kind"]["enum"])


if __name__ == "__main__":
    unittest.main()
