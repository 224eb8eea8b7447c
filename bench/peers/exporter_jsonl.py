"""Writes each record as a line of JSON, for `compare.py`."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "sdk/python"))

from whapi_exporter import TextExporter


class JsonLines(TextExporter):
    name, version, summary = "json-lines", "1.0.0", "a record a line"
    extension = "jsonl"

    def contact(self, contact, file):
        json.dump(contact, file, ensure_ascii=False)
        file.write("\n")


if __name__ == "__main__":
    JsonLines.main()
