"""The exporter `cards` of the recorded conversations."""

from pathlib import Path
from typing import List

from whapi_exporter import Contact, Exporter, Run


class Cards(Exporter[Contact]):
    name, version, summary = "cards", "1.0.0", "a file for each contact"
    kind, needs = "folder", ["display_name"]

    def begin(self, run: Run) -> None:
        assert run.staging is not None
        self._folder = Path(run.staging)

    def batch(self, records: List[Contact]) -> None:
        for contact in records:
            file = self._folder / f"{contact['id']}.txt"
            file.write_text(contact["display_name"] + "\n", encoding="utf-8")


if __name__ == "__main__":
    Cards.main()
