"""The columns, and how JSON Lines become batches of them.

They are the keys of a record (docs/mapping/jsonl.md in the repository) behind `channel`, always the same, so that
the nights of a table match: a key that a read did not request is null.
"""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.json
from pyspark.sql.types import ArrayType, BooleanType, DataType, StringType, StructField, StructType

from .errors import WhapiError


def struct(**fields: DataType) -> StructType:
    """A struct of fields that can be null."""
    return StructType([StructField(name, kind, nullable=True) for name, kind in fields.items()])


TEXT, FLAG = StringType(), BooleanType()
VERDICT = struct(allowed=FLAG, rule=TEXT)
PRIVATE_CHAT = struct(last_activity=TEXT, labels=ArrayType(struct(id=TEXT, name=TEXT)))
GROUP = struct(id=TEXT, name=TEXT, rank=TEXT)
COLUMNS = struct(
    channel=TEXT,
    id=TEXT,
    kind=TEXT,
    phone=TEXT,
    display_name=TEXT,
    name_source=TEXT,
    name=TEXT,
    pushname=TEXT,
    username=TEXT,
    saved=FLAG,
    phonebook=FLAG,
    standing=TEXT,
    is_business=FLAG,
    permissions=struct(edit=VERDICT, delete=VERDICT, create=VERDICT),
    name_warnings=ArrayType(TEXT),
    reasons=struct(
        primary=TEXT, all=ArrayType(TEXT), complete=FLAG, private_chat=PRIVATE_CHAT, groups=ArrayType(GROUP)
    ),
    other_id=TEXT,
    merged=FLAG,
)
#: Columns that are never null. Arrow refuses a record without them. What is inside of a column may be null for Spark,
#: because Arrow's reader of JSON has no null struct with a field that is never null.
NEVER_NULL = frozenset(
    ("channel", "id", "kind", "display_name", "name_source", "standing", "permissions", "name_warnings")
)
SCHEMA = StructType([StructField(field.name, field.dataType, field.name not in NEVER_NULL) for field in COLUMNS])


def arrow(kind: DataType) -> pa.DataType:
    """The type of Arrow for a type of Spark."""
    if isinstance(kind, StructType):
        return pa.struct([pa.field(field.name, arrow(field.dataType), field.nullable) for field in kind.fields])
    if isinstance(kind, ArrayType):
        return pa.list_(pa.field("element", arrow(kind.elementType)))
    return pa.bool_() if isinstance(kind, BooleanType) else pa.string()


ARROW_SCHEMA = pa.schema(list(arrow(SCHEMA)))
RECORD_SCHEMA = ARROW_SCHEMA.remove(0)


def batch(channel: str, lines: bytes) -> pa.RecordBatch:
    """Returns whole lines of JSON as a batch, with the channel in front."""
    parse = pyarrow.json.ParseOptions(explicit_schema=RECORD_SCHEMA, unexpected_field_behavior="ignore")
    # One block, because a record must not lie in two.
    read = pyarrow.json.ReadOptions(use_threads=False, block_size=len(lines) + 1)
    try:
        table = pyarrow.json.read_json(io.BytesIO(lines), read, parse).combine_chunks()
    except pa.ArrowInvalid:
        # The error may show a piece of a record.
        raise WhapiError("the output of whapi is not JSON Lines as this version of whapi_spark knows them") from None
    names = pa.repeat(pa.scalar(channel, pa.string()), table.num_rows)
    columns = [column.combine_chunks() for column in table.columns]
    return pa.RecordBatch.from_arrays([names, *columns], schema=ARROW_SCHEMA)
