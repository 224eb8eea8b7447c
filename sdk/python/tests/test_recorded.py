"""Plays the recorded conversations of version 1 against exporters of this SDK."""

import unittest

from support import EXAMPLES, PROGRAMS, RECORDINGS, ChildTest, Recording, known_fields, validate

EXPORTERS = {
    "markdown": EXAMPLES / "markdown_table.py",
    **{name: PROGRAMS / f"{name}.py" for name in ("cards", "directory", "lines", "records", "standings")},
}


class Recorded(ChildTest):
    def test_every_recording_is_valid_and_played(self) -> None:
        played = []
        for path in sorted(RECORDINGS.glob("*.jsonl")):
            recording = Recording(path)
            with self.subTest(recording.name):
                self.validate(recording)
                if recording.header.get("only_against") != "host":
                    self.play(recording)
                    played.append(recording.program)
        self.assertEqual(sorted(set(played)), sorted(EXPORTERS))

    def validate(self, recording: Recording) -> None:
        self.assertEqual(recording.header["protocol"], 1)
        for entry in recording.entries:
            if "message" in entry:
                validate(entry["from"], entry["message"])
            else:
                self.assertEqual(entry, {"from": "host", "end_of_input": True})

    def play(self, recording: Recording) -> None:
        staging = self.folder / recording.name
        if isinstance(recording.staged, dict):
            staging.mkdir()
        child = self.start(EXPORTERS[recording.program])
        for entry in recording.entries:
            message = entry.get("message", {})
            if message.get("staging"):
                message = {**message, "staging": str(staging)}
            if entry["from"] == "program":
                self.assertEqual(child.receive(), known_fields(message))
            elif message:
                child.send(message)
            else:
                child.stdin.close()
        self.assertEqual(child.ended(), recording.exit_status, child.log())
        self.assertEqual(child.log(), "")
        if isinstance(recording.staged, dict):
            found = {file.name: file.read_bytes().decode() for file in staging.iterdir()}
            self.assertEqual(found, recording.staged)
        elif recording.staged is not None:
            self.assertEqual(staging.read_bytes().decode(), recording.staged)


if __name__ == "__main__":
    unittest.main()
