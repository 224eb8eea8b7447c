"""The exporter `standings` of the recorded conversations."""

from whapi_exporter import Contact, TextExporter, TextIO


class Standings(TextExporter):
    name, version, summary = "standings", "1.0.0", "the standing of each contact"
    extension, needs = "txt", ["standing"]

    def contact(self, contact: Contact, out: TextIO) -> None:
        out.write(f"{contact['id']} {contact['standing']}\n")


if __name__ == "__main__":
    Standings.main()
