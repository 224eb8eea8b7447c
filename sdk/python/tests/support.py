"""What the tests share: a child process to talk to, and the schema that every message has to match."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

try:
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource
except ImportError:
    Draft202012Validator = None

SDK = Path(__file__).resolve().parent.parent
REPOSITORY = SDK.parent.parent
RECORDINGS = REPOSITORY / "crates/whapi-export-program/tests/conversations/v1"
PROGRAMS = Path(__file__).resolve().parent / "programs"
EXAMPLES = SDK / "examples"

Message = Dict[str, Any]


def _validators() -> Dict[str, Any]:
    docs = REPOSITORY / "docs"
    paths = [docs / "protocol" / "exporter-v1.schema.json", docs / "mapping" / "jsonl.schema.json"]
    schemas = [(path.as_uri(), Resource.from_contents(json.loads(path.read_text("utf-8")))) for path in paths]
    registry = Registry().with_resources(schemas)
    references = {side: {"$ref": f"{schemas[0][0]}#/$defs/{side}"} for side in ("host", "program")}
    return {side: Draft202012Validator(ref, registry=registry) for side, ref in references.items()}


if Draft202012Validator is not None:
    VALIDATORS = _validators()
elif os.environ.get("WHAPI_REQUIRE_READERS"):
    raise SystemExit("the tests need jsonschema: pip install jsonschema")
else:
    print("SKIPPED: no jsonschema here, so messages are not compared with the schema", file=sys.stderr)
    VALIDATORS = {}


def validate(side: str, message: Message) -> None:
    """Fails unless the schema allows this message to this side."""
    if side in VALIDATORS:
        VALIDATORS[side].validate(message)


def begin(**fields: Any) -> Message:
    """The message `begin` of a plain run."""
    facts = {"reasons": False, "links": False, "changes": False}
    run = {"started_at": "2026-11-30T12:00:00Z", "source": "https://gate.whapi.cloud", "facts": facts}
    plain = {"options": {}, "staging": None, "expected": None, "dry_run": False, "run": run}
    return {"type": "begin", "v": 1, **plain, **fields}


def person(number: int, display_name: str = "Ada", **fields: Any) -> Message:
    """A contact with the keys `phone` and `display_name`."""
    digits = f"447700900{number:03}"
    return {"id": digits, "phone": f"+{digits}", "display_name": display_name, **fields}


FINISH: Message = {"type": "finish", "complete": True, "reasons": []}
ABORT: Message = {"type": "abort"}


def batch(seq: int, *contacts: Message) -> Message:
    """The message `batch`."""
    return {"type": "batch", "seq": seq, "contacts": list(contacts)}


class Child:
    """A program, over real pipes. Every message of both sides is compared with the schema."""

    def __init__(self, command: Sequence[str], **environment: str) -> None:
        path = os.pathsep.join([str(SDK), os.environ.get("PYTHONPATH", "")])
        self._log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**os.environ, "PYTHONPATH": path, **environment},
            start_new_session=True,
        )
        # A program that hangs fails its test.
        self._watchdog = threading.Timer(60, self.process.kill)
        self._watchdog.start()
        assert self.process.stdin is not None and self.process.stdout is not None
        self.stdin, self.stdout = self.process.stdin, self.process.stdout

    @classmethod
    def of(cls, script: Path, **environment: str) -> Child:
        """Starts a Python program."""
        return cls([sys.executable, "-W", "error", str(script)], **environment)

    def send(self, message: Message) -> None:
        validate("host", message)
        self.send_line(json.dumps(message, ensure_ascii=False).encode())

    def send_line(self, line: bytes) -> None:
        self.stdin.write(line + b"\n")
        self.stdin.flush()

    def receive(self) -> Message:
        line = self.stdout.readline()
        if not line.endswith(b"\n"):
            raise AssertionError(f"the program ended; its log: {self.log()}")
        message = json.loads(line)
        assert isinstance(message, dict)
        validate("program", message)
        return message

    def talk(self, *messages: Message) -> List[Message]:
        """Sends messages one by one, and returns the answers, hello first."""
        answers = [self.receive()]
        for message in messages:
            self.send(message)
            answers.append(self.receive())
        return answers

    def ended(self, close: bool = False) -> int:
        """Waits for the end of the program, without another message, and returns its status."""
        if close:
            self.stdin.close()
        rest = self.stdout.read()
        status = self.process.wait(timeout=30)
        if not close:
            self.stdin.close()
        self.stdout.close()
        assert rest == b"", rest
        return status

    def log(self) -> str:
        """What the program wrote to standard error."""
        self._log.seek(0)
        return self._log.read().decode()

    def close(self) -> None:
        """Ends the program if a test failed before its end, and frees everything."""
        self._watchdog.cancel()
        self.process.kill()
        self.process.wait()
        for stream in (self.stdin, self.stdout, self._log):
            try:
                stream.close()
            except BrokenPipeError:
                pass


class ChildTest(unittest.TestCase):
    """A test with programs and a folder, which are gone afterwards."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.staging = self.folder / "staging"

    def start(self, script: Path, **environment: str) -> Child:
        child = Child.of(script, **environment)
        self.addCleanup(child.close)
        return child

    def write_program(self, body: str, base: str = "TextExporter", attributes: str = "") -> Path:
        """Writes a program whose class is called `P`; `body` is the rest of it."""
        script = self.folder / "program.py"
        indented = "".join(f"    {line}\n" for line in (attributes + "\n" + body).splitlines())
        script.write_text(
            "import os, signal, subprocess, sys, threading, time\n"
            "import whapi_exporter\n"
            "from whapi_exporter import *\n"
            f"class P({base}):\n"
            "    name, version, summary = 'p', '1', 'a program of a test'\n"
            f"{indented}"
            "P.main()\n",
            encoding="utf-8",
        )
        return script

    def run_text(self, script: Path, *messages: Message, **fields: Any) -> List[Message]:
        """Runs a whole conversation that ends well, and returns what the program said."""
        child = self.start(script)
        answers = child.talk(begin(staging=str(self.staging), **fields), *messages, FINISH)
        self.assertEqual(child.ended(), 0, child.log())
        return answers


def known_fields(value: Any) -> Any:
    """A value without the fields that version 1 does not have."""
    if isinstance(value, dict):
        return {key: known_fields(item) for key, item in value.items() if not key.startswith("x_")}
    if isinstance(value, list):
        return [known_fields(item) for item in value]
    return value


class Recording:
    """A recorded conversation."""

    def __init__(self, path: Path) -> None:
        lines = path.read_text("utf-8").split("\n")
        assert lines.pop() == "", f"{path.name} does not end in LF"
        self.name = path.stem
        self.header, *self.entries = [json.loads(line) for line in lines]

    @property
    def program(self) -> str:
        """The name of the exporter that was recorded."""
        name = self.entries[0]["message"]["name"]
        assert isinstance(name, str)
        return name

    @property
    def staged(self) -> Any:
        return self.header.get("staged")

    @property
    def exit_status(self) -> Optional[int]:
        status = self.header["exit_status"]
        assert isinstance(status, int)
        return status
