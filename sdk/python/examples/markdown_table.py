#!/usr/bin/env python3
"""A table in Markdown, one contact a row: ``whapi export --format markdown``."""

import re

from whapi_exporter import Contact, Run, Switch, TextExporter, TextIO

LINE_ENDS_AND_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&!])")


class Markdown(TextExporter):
    name, version, summary = "markdown", "1.0.0", "a table in Markdown"
    extension, needs = "md", ["display_name", "phone"]
    header = Switch(True, "a first row with the names of the columns")

    def begin(self, out: TextIO, run: Run) -> None:
        if self.header:
            out.write("| Name | Phone |\n| --- | --- |\n")

    def contact(self, contact: Contact, out: TextIO) -> None:
        out.write(f"| {escape(contact['display_name'])} | {contact['phone'] or ''} |\n")


def escape(text: str) -> str:
    """Names are chosen by other people: nothing in one may end the cell or the row, or be markup."""
    return MARKUP.sub(r"\\\1", LINE_ENDS_AND_CONTROLS.sub(" ", text))


if __name__ == "__main__":
    Markdown.main()
