"""The exporter `directory` of the recorded conversations: a service that is not there.

The name of the list decides how the service behaves, as it did when the conversations were recorded.
"""

from typing import List, Mapping

from whapi_exporter import Contact, End, Exporter, ExporterError, Run, Skip, Text


class Directory(Exporter[Contact]):
    name, version, summary = "directory", "1.0.0", "a list of a directory service"
    needs, max_batch = ["phone", "display_name"], 2
    list = Text("NAME", "the list to replace", default="contacts")
    token_file = Text("FILE", "a file that holds the token")

    def check(self, run: Run) -> None:
        self.destination = f"https://directory.example/{self.list}"
        self._expected = run.expected or 0
        self._entries: List[Contact] = []
        self._skipped = 0
        if self.list == "closed":
            raise ExporterError("auth", "the directory refused the token")
        if self.list == "slow":
            self.status("connecting to the directory")

    def contact(self, contact: Contact) -> Contact:
        if contact["phone"] is None:
            self._skipped += 1
            raise Skip("no phone number")
        self._entries.append(contact)
        return contact

    def batch(self, records: List[Contact]) -> None:
        if self.list == "full":
            raise ExporterError("quota", "the list is full")
        if self.list == "slow":
            self.alive()
            self.status("waiting for the directory")
            self.alive()

    def finish(self, end: End) -> None:
        if self.list == "slow":
            self.status("replacing the list")
        if not end.complete:
            self.warn("no entry was removed, since the list is incomplete")
        elif self._skipped:
            self.warn("1 entry of an earlier run was removed")

    def forecast(self, end: End) -> Mapping[str, int]:
        entries = len(self._entries) or self._expected
        return {"entries": entries, "requests": (entries + 1) // 2 + 1}


if __name__ == "__main__":
    Directory.main()
