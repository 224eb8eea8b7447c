"""The columns are those of the JSON Schema of a record, and batches keep every value."""

import json
import unittest
from typing import Any

from support import REPOSITORY  # first, since it skips this module where Spark is not
from pyspark.sql.types import ArrayType, BooleanType, DataType, StringType, StructField, StructType
from whapi_spark import WhapiError
from whapi_spark.schema import SCHEMA, batch

#: Keys that no read has: they need another flag of `whapi export`, or several channels in one run.
NOT_READ = {
    "change",
    "channels",
    "saved_in",
    "names",
    "country",
    "phone_international",
    "phone_valid",
    "phone_variants",
    "about",
    "profile_pic",
    "profile_pic_full",
}
DOCUMENT = json.loads((REPOSITORY / "docs/mapping/jsonl.schema.json").read_text("utf-8"))

VERDICT = {"allowed": True, "rule": None}
RECORD: dict[str, Any] = {
    "id": "447700900101",
    "kind": "phone",
    "phone": "+447700900101",
    "display_name": "Ada",
    "name_source": "name",
    "name": "Ada",
    "pushname": None,
    "saved": True,
    "standing": "saved",
    "is_business": None,
    "permissions": {"edit": VERDICT, "delete": VERDICT, "create": {"allowed": False, "rule": "already-saved"}},
    "name_warnings": [],
}


def spark_type(schema: dict[str, Any]) -> DataType:
    """The type of Spark for a JSON Schema."""
    if "$ref" in schema:
        return spark_type(DOCUMENT["$defs"][schema["$ref"].rpartition("/")[2]])
    kinds = schema.get("type", "string")
    kind = next(kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null")
    if kind == "object":
        fields = schema["properties"].items()
        return StructType([StructField(name, spark_type(field)) for name, field in fields])
    if kind == "array":
        return ArrayType(spark_type(schema["items"]))
    return {"string": StringType(), "boolean": BooleanType()}[kind]


def is_never_null(name: str, schema: dict[str, Any]) -> bool:
    kinds = schema.get("type", "string")
    return name in DOCUMENT["required"] and "null" not in ([kinds] if isinstance(kinds, str) else kinds)


def lines(*records: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records)


class SchemaTest(unittest.TestCase):
    maxDiff = None

    def test_the_columns_are_the_keys_of_the_schema_file(self) -> None:
        properties = DOCUMENT["properties"]
        self.assertLessEqual(NOT_READ, set(properties))
        expected = [
            StructField(name, spark_type(schema), name != "channel" and not is_never_null(name, schema))
            for name, schema in properties.items()
            if name not in NOT_READ
        ]
        self.assertEqual(json.loads(SCHEMA.json()), json.loads(StructType(expected).json()))

    def test_texts_of_other_people_stay_exact(self) -> None:
        texts = ["'; DROP TABLE contacts; --", "a\nb\r\nc", "\u2028\u2029\x85", "\U0001f98a\U0001f468\u200d\U0001f469"]
        texts += ["\u202eabc", "\x00\x1b[2J", '"\\', "", " ", "2026-11-30T12:00:00Z", "1", "null", "=1+1"]
        found = batch("shop", lines(*[{**RECORD, "pushname": text} for text in texts])).to_pylist()
        self.assertEqual([row["pushname"] for row in found], texts)
        absent = {"username": None, "phonebook": None, "reasons": None, "other_id": None, "merged": None}
        expected = [{"channel": "shop", **RECORD, **absent, "pushname": text} for text in texts]
        self.assertEqual(found, expected)

    def test_everything_that_can_be_there(self) -> None:
        groups = [{"id": "1@g.us", "name": None, "rank": "admin"}, {"id": "2@g.us", "name": "\n", "rank": "member"}]
        chat = {"last_activity": "2026-11-30T12:00:00Z", "labels": [{"id": "1", "name": "\U0001f98a"}]}
        full = {"primary": None, "all": ["group"], "complete": False, "private_chat": chat, "groups": groups}
        bare = {"primary": "account", "all": [], "complete": True, "private_chat": None, "groups": []}
        records = [
            {**RECORD, "username": "ada", "phonebook": False, "reasons": reasons, "other_id": "1@lid", "merged": True}
            for reasons in (full, bare)
        ]
        found = batch("shop", lines(*records)).to_pylist()
        self.assertEqual(found, [{"channel": "shop", **record} for record in records])

    def test_a_key_of_a_later_version_is_ignored(self) -> None:
        found = batch("shop", lines({**RECORD, "later": {"a": [1]}})).to_pylist()
        self.assertEqual(found[0]["id"], RECORD["id"])
        self.assertNotIn("later", found[0])

    def test_other_records_are_an_error_that_does_not_repeat_them(self) -> None:
        message = "the output of whapi is not JSON Lines as this version of whapi_spark knows them"
        without_id = {name: value for name, value in RECORD.items() if name != "id"}
        for text in (b'{"id":"447700900101"\n', b"Ada\n", lines({**RECORD, "saved": "Ada"}), lines(without_id)):
            with self.assertRaises(WhapiError) as caught:
                batch("shop", text)
            self.assertEqual(str(caught.exception), message)
            self.assertTrue(caught.exception.__suppress_context__)
