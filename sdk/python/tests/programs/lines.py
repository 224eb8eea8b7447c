"""The exporter `lines` of the recorded conversations."""

from whapi_exporter import Contact, Skip, TextExporter, TextIO


class Lines(TextExporter):
    name, version, summary = "lines", "1.0.0", "number and name of each contact on a line"
    extension, needs, max_batch = "txt", ["phone", "display_name"], 2

    def contact(self, contact: Contact, out: TextIO) -> None:
        if contact["phone"] is None:
            raise Skip("no phone number")
        name = " ".join(contact["display_name"].split())  # one line, without tabs
        out.write(f"{contact['phone']}\t{name}\n")


if __name__ == "__main__":
    Lines.main()
