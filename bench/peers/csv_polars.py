"""Answers to CSV with Polars, streaming: the API's own fields, or with `all` our twelve columns."""

import sys

import polars as pl

ROW = pl.Struct(
    {
        "id": pl.String,
        "name": pl.String,
        "pushname": pl.String,
        "saved": pl.Boolean,
        "is_business": pl.Boolean,
    }
)
DIGITS = r"^[0-9]{4,15}$"


def ours(rows):
    is_phone = pl.col("id").str.contains(DIGITS)
    saved = pl.col("saved")
    phone = pl.when(is_phone).then("+" + pl.col("id"))
    filled = [pl.when(pl.col(name) != "").then(pl.col(name)) for name in ("name", "pushname")]
    return rows.select(
        "id",
        pl.when(is_phone).then(pl.lit("phone")).otherwise(pl.lit("lid")).alias("kind"),
        phone.alias("phone"),
        pl.coalesce(*filled, phone, pl.col("id")).alias("display_name"),
        "name",
        "pushname",
        "saved",
        pl.when(saved).then(pl.lit("saved")).otherwise(pl.lit("discovered")).alias("standing"),
        saved.alias("can_edit"),
        saved.alias("can_delete"),
        (~saved & is_phone).alias("can_create"),
        "is_business",
    )


def main():
    answers, target, *columns = sys.argv[1:]
    schema = {"contacts": pl.List(ROW), "total": pl.Int64}
    rows = pl.scan_ndjson(answers, schema=schema).select("contacts").explode("contacts").unnest("contacts")
    (ours(rows) if columns == ["all"] else rows).sink_csv(target)


main()
