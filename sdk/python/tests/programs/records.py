"""The exporter `records` of the recorded conversations."""

import json

from whapi_exporter import Contact, TextExporter, TextIO


class Records(TextExporter):
    name, version, summary = "records", "1.0.0", "every record as it comes"
    extension = "jsonl"

    def contact(self, contact: Contact, out: TextIO) -> None:
        out.write(json.dumps(contact, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    Records.main()
