"""Exporters for ``whapi`` in Python: one file, no dependencies.

An exporter is a class. :class:`TextExporter` writes a text file, :class:`Exporter` everything else: a
service, a folder, a file that is not text. ``main()`` makes a program of the class, which ``whapi``
starts and talks to over standard input and output::

    from whapi_exporter import Contact, Skip, TextExporter, TextIO

    class Lines(TextExporter):
        name, version, summary = "lines", "1.0.0", "number and name of each contact on a line"
        extension, needs = "txt", ["phone", "display_name"]

        def contact(self, contact: Contact, out: TextIO) -> None:
            if contact["phone"] is None:
                raise Skip("no phone number")
            name = " ".join(contact["display_name"].split())  # one line, without tabs
            out.write(f"{contact['phone']}\\t{name}\\n")

    if __name__ == "__main__":
        Lines.main()

Meanwhile ``print()`` and child processes write to standard error, and standard input is empty.
"""

from __future__ import annotations

import io
import json
import os
import re
import signal
import sys
import threading
import time
import traceback
from abc import ABC, abstractmethod
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Callable, ClassVar, Dict, Generic, Iterator, List, Literal, Mapping
from typing import NoReturn, Optional, Sequence, TextIO, TypedDict, TypeVar, cast, get_args

__version__ = "0.1.0"
__all__ = ["Choice", "Contact", "End", "ErrorKind", "Exporter", "ExporterError", "Number", "Run"]
__all__ += ["Skip", "Switch", "Text", "TextExporter", "TextIO"]

PROTOCOL_VERSIONS = (1,)
LINE_LIMIT = 8 * 1024 * 1024
ALIVE_AFTER = 10.0  #: seconds without a message; then one follows the next contact

ErrorKind = Literal["options", "auth", "destination", "quota", "unsupported", "internal"]
_Message = Dict[str, Any]
_Value = TypeVar("_Value")
_Record = TypeVar("_Record")

# The objects within a contact.
Verdict = TypedDict("Verdict", {"allowed": bool, "rule": Optional[str]})
Permissions = TypedDict("Permissions", {"edit": Verdict, "delete": Verdict, "create": Verdict})
Label = TypedDict("Label", {"id": str, "name": str})
PrivateChat = TypedDict("PrivateChat", {"last_activity": Optional[str], "labels": List[Label]})
Group = TypedDict("Group", {"id": str, "name": Optional[str], "rank": str})
Reasons = TypedDict(
    "Reasons",
    {"primary": Optional[str], "all": List[str], "complete": bool,
     "private_chat": Optional[PrivateChat], "groups": List[Group]},
)  # fmt: skip
_Id = TypedDict("_Id", {"id": str})


class Contact(_Id, total=False):
    """A contact: ``id``, and those of the other keys that ``needs`` names and that the run has.

    In a run over several channels also ``channel``; there an id comes once for each channel.

    ``docs/mapping/jsonl.md`` says what each key holds, and when a contact has it.
    """

    channel: str
    kind: Literal["phone", "lid", "other"]
    phone: Optional[str]
    display_name: str
    name_source: Literal["name", "pushname", "phone", "id", "last_four", "counter"]
    name: Optional[str]
    pushname: Optional[str]
    username: str
    saved: Optional[bool]
    phonebook: bool
    standing: Literal["saved", "discovered", "unknown"]
    is_business: Optional[bool]
    permissions: Permissions
    name_warnings: List[str]
    reasons: Optional[Reasons]
    other_id: Optional[str]
    merged: bool
    change: Optional[str]
    country: Optional[str]
    phone_international: Optional[str]
    phone_valid: Optional[bool]
    phone_variants: List[str]
    about: Optional[str]
    profile_pic: Optional[str]
    profile_pic_full: Optional[str]


@dataclass(frozen=True)
class Run:
    """What is known when a run begins."""

    staging: Optional[str] = None  #: The file or folder to write to; ``None`` for a service.
    expected: Optional[int] = None  #: About how many contacts come, if that is known.
    dry_run: bool = False  #: Whether nothing may be written.
    started_at: str = ""  #: RFC 3339.
    source: str = ""  #: Where the contacts come from, for people.
    reasons: bool = False  #: Whether contacts have ``reasons``.
    links: bool = False  #: Whether contacts have ``other_id`` and ``merged``.
    changes: bool = False  #: Whether contacts have ``change``.
    channels: bool = False  #: Whether contacts have ``channel``, and an id comes once for each channel.


@dataclass(frozen=True)
class End:
    """How the download of the contacts ended."""

    complete: bool = True  #: If not, a destination that keeps contacts must not remove any.
    reasons: Sequence[str] = ()  #: Why it is not complete, a sentence each.


class Skip(Exception):
    """Raised by ``contact()``: this contact is left out, and listed with the reason."""


class ExporterError(Exception):
    """Ends the run with a message of one line and a kind, from which the exit code follows."""

    def __init__(self, kind: ErrorKind, message: str) -> None:
        if kind not in get_args(ErrorKind):
            raise ValueError(f"{kind!r} is none of {', '.join(get_args(ErrorKind))}")
        super().__init__(message)
        self.kind: ErrorKind = kind


class _Stopped(BaseException):
    """A signal, with its number. No ``except Exception`` of an author stops it."""


class _HostGone(BaseException):
    """The host has closed the program's output."""


class Option(Generic[_Value]):
    """An option, ``--set NAME.KEY=VALUE``. Its key is the name of the class's attribute.

    Reading the attribute of an instance gives the value; a test may assign one.
    """

    key = ""

    def __init__(
        self, value: str, help: str, default: _Value, parse: Callable[[str], _Value], shown: str
    ) -> None:
        self.required, self._default, self._parse = False, default, parse
        self.description = {"value": value, **({"default": shown} if shown else {}), "help": help}

    def __set_name__(self, owner: type, name: str) -> None:
        self.key = name

    def __get__(self, exporter: Optional[object], owner: type) -> _Value:
        values = {} if exporter is None else vars(exporter)
        return cast(_Value, values.get(self.key, self._default))

    def __set__(self, exporter: object, value: _Value) -> None:
        vars(exporter)[self.key] = value

    def _set_text(self, exporter: object, text: object) -> None:
        try:
            self.__set__(exporter, self._parse(str(text)))
        except ValueError as error:
            raise ExporterError("options", f"option `{self.key}`: {error}") from None


class Switch(Option[bool]):
    """An option that is ``on`` or ``off``."""

    def __init__(self, default: bool, help: str) -> None:
        def parse(text: str) -> bool:
            if text not in ("on", "off"):
                raise ValueError(f"`{text}` is neither on nor off")
            return text == "on"

        super().__init__("on|off", help, default, parse, "on" if default else "off")


class Choice(Option[str]):
    """An option with a closed set of values, of which the first is the default."""

    def __init__(self, *values: str, help: str) -> None:
        def parse(text: str) -> str:
            if text not in values:
                raise ValueError(f"`{text}` is none of {', '.join(values)}")
            return text

        super().__init__("|".join(values), help, values[0], parse, values[0])


class Number(Option[int]):
    """An option that is a whole number."""

    def __init__(self, value: str, default: int, help: str, at_least: int = 0) -> None:
        def parse(text: str) -> int:
            if not re.fullmatch(r"-?[0-9]{1,18}", text) or int(text) < at_least:
                raise ValueError(f"`{text}` is not a whole number of at least {at_least}")
            return int(text)

        super().__init__(value, help, default, parse, str(default))


class Text(Option[str]):
    """An option that is any text, such as the path of a file. An empty text stands for none."""

    def __init__(self, value: str, help: str, default: str = "", required: bool = False) -> None:
        super().__init__(value, help, default, str, default)
        self.required = required


class _Program(ABC):
    """What both kinds of exporters have."""

    name: ClassVar[str] = ""  #: The name of the format, as in ``--format NAME``.
    version: ClassVar[str] = ""  #: The exporter's own version, for people.
    summary: ClassVar[str] = ""  #: What the format is, in a few words.
    kind: ClassVar[Literal["file", "folder", "remote"]] = "remote"
    extension: ClassVar[Optional[str]] = None  #: The ending of the default file's name.
    needs: ClassVar[Optional[Sequence[str]]] = None  #: The keys to get; ``None`` means all.
    max_batch: ClassVar[Optional[int]] = None  #: The most contacts in a batch.

    #: Where the contacts are, for people: the address of a list, say.
    destination: Optional[str] = None
    _link: Optional[_Link] = None
    _warnings: Sequence[str] = ()

    def status(self, message: str) -> None:
        """Shows a line of progress. Restarts the time after which the program counts as hung."""
        if self._link is not None:
            self._link.send({"type": "status", "message": _one_line(message)})

    def alive(self) -> None:
        """Restarts that time, 120 seconds. Between contacts it happens by itself."""
        if self._link is not None:
            self._link.send({"type": "alive"})

    def warn(self, message: str) -> None:
        """Adds a line for people to the summary of the run."""
        self._warnings = [*self._warnings, _one_line(message)]

    @classmethod
    def main(cls) -> NoReturn:
        """Talks to ``whapi`` over standard input and output, then ends the process."""
        missing = [key for key in ("name", "version", "summary") if not getattr(cls, key)]
        missing += sorted(cls.__abstractmethods__)
        if missing:
            raise TypeError(f"{cls.__name__} lacks {', '.join(missing)}")
        if isinstance(cls.needs, str):
            raise TypeError(f"{cls.__name__}.needs is a text, not a list of keys")
        sys.exit(_run(cls))

    def _each(self, contacts: List[Contact], write: Callable[[Contact], None]) -> List[_Message]:
        """Calls ``write`` for each contact, and returns those that it skipped."""
        skipped: List[_Message] = []
        for contact in contacts:
            try:
                write(contact)
            except Skip as skip:
                skipped.append({"id": contact["id"], "reason": _one_line(str(skip))})
            if self._link is not None and time.monotonic() - self._link.last_sent > ALIVE_AFTER:
                self.alive()
        return skipped


class Exporter(_Program, Generic[_Record]):
    """An exporter for a service (``kind = "remote"``), a folder, or a file that is not text.

    The order is ``check``, ``begin``, then for each batch ``contact`` of every contact and ``batch``,
    and at the end ``finish`` or ``abort``. Nothing may be visible at the destination before ``finish``.

    A dry run calls ``check``, ``contact`` and ``forecast``, and nothing else: an exporter that writes
    only where it should writes nothing in a dry run.
    """

    _dry_run = False

    def check(self, run: Run) -> None:
        """Finds out whether the destination can be reached. Writes nothing."""

    def begin(self, run: Run) -> None:
        """Opens the destination. If it raises, ``abort`` does not follow."""

    def contact(self, contact: Contact) -> _Record:
        """Returns what ``batch`` gets of a contact: the contact itself, unless overridden."""
        return cast(_Record, contact)

    @abstractmethod
    def batch(self, records: List[_Record]) -> None:
        """Writes what ``contact`` returned for a batch, without those that were skipped."""

    def finish(self, end: End) -> None:
        """Commits: the contacts are there when this returns."""

    def abort(self) -> None:
        """Removes what was written so far. Follows every error of ``batch`` and ``finish``, too."""

    def forecast(self, end: End) -> Mapping[str, int]:
        """Returns what a run would do, counts by name. Writes nothing."""
        return {}

    def _open(self, run: Run) -> None:
        self._dry_run = run.dry_run
        self.check(run)
        if not run.dry_run:
            self.begin(run)

    def _write(self, contacts: List[Contact]) -> List[_Message]:
        records: List[_Record] = []
        skipped = self._each(contacts, lambda contact: records.append(self.contact(contact)))
        if records and not self._dry_run:
            self.batch(records)
        return skipped

    def _close(self, end: End) -> Optional[Mapping[str, int]]:
        if self._dry_run:
            return self.forecast(end)
        self.finish(end)
        return None

    def _discard(self) -> None:
        if not self._dry_run:
            self.abort()


class TextExporter(_Program):
    """An exporter for a text file, in UTF-8 and with the line ends that it writes.

    The file is opened, written and closed here; ``whapi`` puts it in its place when it is complete.
    What ``contact`` wrote before it raises :class:`Skip` is removed again.
    """

    kind = "file"

    def begin(self, out: TextIO, run: Run) -> None:
        """Writes what stands before the first contact."""

    @abstractmethod
    def contact(self, contact: Contact, out: TextIO) -> None:
        """Writes one contact."""

    def finish(self, out: TextIO, end: End) -> None:
        """Writes what stands behind the last contact."""

    def _open(self, run: Run) -> None:
        self._buffer = io.StringIO(newline="")
        self._file: Optional[io.RawIOBase] = None
        self.begin(self._buffer, run)
        if not run.dry_run:
            if run.staging is None:
                raise ExporterError("internal", "the host named no file to write to")
            with _writing():
                flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
                self._file = os.fdopen(os.open(run.staging, flags, 0o600), "wb", buffering=0)
        self._flush()

    def _write(self, contacts: List[Contact]) -> List[_Message]:
        skipped = self._each(contacts, self._write_one)
        self._flush()
        return skipped

    def _write_one(self, contact: Contact) -> None:
        start = self._buffer.tell()
        try:
            self.contact(contact, self._buffer)
        except Skip:
            self._buffer.seek(start)
            self._buffer.truncate()
            raise

    def _close(self, end: End) -> Optional[Mapping[str, int]]:
        self.finish(self._buffer, end)
        self._flush()
        self._discard()
        return None

    def _discard(self) -> None:
        """Closes the file. The host removes it, unless the run is done."""
        if self._file is not None:
            self._file.close()

    def _flush(self) -> None:
        rest = memoryview(self._buffer.getvalue().encode("utf-8", "replace"))
        self._buffer.seek(0)
        self._buffer.truncate()
        while rest and self._file is not None:
            with _writing():
                rest = rest[self._file.write(rest) or 0 :]


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExporterError("destination", f"could not write the file: {error.strerror}") from error


class _Link:
    """The conversation: a message a line, in both directions."""

    def __init__(self, read_from: int, write_to: int) -> None:
        self._input = open(read_from, "rb", closefd=False)
        self._output, self._lock = write_to, threading.Lock()
        self.last_sent = time.monotonic()

    @classmethod
    def take_over_stdio(cls) -> _Link:
        """Takes standard input and output for the conversation.

        In their places: the null device, and standard error. Child processes inherit those.
        """
        link = cls(os.dup(0), os.dup(1))
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        sys.stdin = open(0, encoding="utf-8", closefd=False)
        sys.stdout = sys.stderr
        return link

    def receive(self, *types: str) -> Optional[_Message]:
        """Returns the next message, one of ``types``; ``None`` at the end of the input.

        A line without an end is one that the host died in: the end of the input as well.
        """
        line = self._input.readline(LINE_LIMIT + 2)
        if len(line) > LINE_LIMIT + 1:
            raise ExporterError("internal", "the host sent a line of more than 8 MiB")
        if not line.endswith(b"\n"):
            return None
        try:
            message = json.loads(line.decode("utf-8"))
        except ValueError:
            raise ExporterError("internal", "the host sent a line that is no JSON") from None
        if not isinstance(message, dict) or message.get("type") not in types:
            raise ExporterError("internal", f"the host sent something other than {' or '.join(types)}")
        # Only an escape can bring in half of a surrogate pair, which no encoding can write.
        if b"\\ud" in line or b"\\uD" in line:
            text = json.dumps(message, ensure_ascii=False).encode("utf-16", "surrogatepass")
            message = json.loads(text.decode("utf-16", "replace"))
        return cast(_Message, message)

    def send(self, message: _Message) -> None:
        line = json.dumps(message, ensure_ascii=False, separators=(",", ":")) + "\n"
        data = line.encode("utf-8", "replace")
        if len(data) > LINE_LIMIT:
            raise ExporterError("internal", f"the message {message['type']} has more than 8 MiB")
        with self._lock:
            self.last_sent = time.monotonic()
            rest = memoryview(data)
            try:
                while rest:
                    rest = rest[os.write(self._output, rest) :]
            except OSError:
                raise _HostGone from None


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+", " ", text).strip()[:1000]


def _options(cls: type) -> Dict[str, Option[Any]]:
    """The options of a class and its bases, in the order in which they are written."""
    bases = reversed(cls.__mro__)
    return {key: value for base in bases for key, value in vars(base).items() if isinstance(value, Option)}


def _hello(cls: type[_Program]) -> _Message:
    extension = {} if cls.extension is None else {"extension": cls.extension}
    hello = {
        "type": "hello",
        "v": list(PROTOCOL_VERSIONS),
        "name": cls.name,
        "version": cls.version,
        "summary": cls.summary,
        "output": {"kind": cls.kind, **extension},
        "needs": None if cls.needs is None else list(cls.needs),
        "options": [{"key": key, **option.description} for key, option in _options(cls).items()],
        "max_batch": cls.max_batch,
    }
    return {key: value for key, value in hello.items() if value is not None}


def _read_run(begin: _Message) -> Run:
    if begin.get("v") not in PROTOCOL_VERSIONS:
        raise ExporterError("unsupported", "the host speaks another version of the protocol than 1")
    run = begin.get("run", {})
    return Run(
        staging=begin.get("staging"),
        expected=begin.get("expected"),
        dry_run=begin.get("dry_run") is not False,  # in doubt, nothing is written
        started_at=str(run.get("started_at", "")),
        source=str(run.get("source") or ""),
        **{key: run.get("facts", {}).get(key) is True for key in ("reasons", "links", "changes", "channels")},
    )


def _set_options(exporter: _Program, values: Mapping[str, object]) -> None:
    options = _options(type(exporter))
    for key, text in values.items():
        if key not in options:
            raise ExporterError("options", f"unknown option `{key}`; known: {', '.join(options) or 'none'}")
        options[key]._set_text(exporter, text)
    for key, option in options.items():
        if option.required and not getattr(exporter, key):
            raise ExporterError("options", f"the option `{key}` is required")


def _converse(cls: Any, link: _Link) -> None:
    link.send(_hello(cls))
    begin = link.receive("describe", "begin")
    if begin is None or begin["type"] == "describe":
        return
    run = _read_run(begin)
    exporter = cls()
    exporter._link = link
    _set_options(exporter, begin.get("options", {}))
    exporter._open(run)
    try:
        link.send({"type": "ready"})
        done = _take_batches(exporter, link)
    except BaseException:
        # The error that came first is the one to report.
        try:
            _discard(exporter)
        except Exception:
            traceback.print_exc()
        raise
    if done is None:
        _discard(exporter)
    else:
        link.send(done)


def _discard(exporter: Any) -> None:
    """Cleans up, which the host's SIGTERM does not interrupt. The host no longer listens to progress."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    exporter._link = None
    exporter._discard()


def _take_batches(exporter: Any, link: _Link) -> Optional[_Message]:
    """Returns the message ``done``, or ``None`` when the host aborts."""
    sequence = written = skipped = 0
    while True:
        message = link.receive("batch", "finish", "abort")
        if message is None or message["type"] == "abort":
            return None
        if message["type"] == "finish":
            break
        sequence += 1
        contacts = message.get("contacts")
        if message.get("seq") != sequence or not isinstance(contacts, list):
            raise ExporterError("internal", f"the host sent something other than batch {sequence}")
        left_out = exporter._write(contacts)
        taken = len(contacts) - len(left_out)
        link.send({"type": "ack", "seq": sequence, "written": taken, "skipped": left_out})
        written += taken
        skipped += len(left_out)
    end = End(message.get("complete") is True, tuple(message.get("reasons", ())))
    forecast = exporter._close(end)
    done: _Message = {"type": "done", "written": written, "skipped": skipped}
    done.update(destination=exporter.destination, warnings=list(exporter._warnings))
    return {**done, "forecast": dict(forecast)} if forecast else done


def _stop(number: int, frame: object) -> NoReturn:
    """Ends the run after its cleaning up. A second Ctrl-C ends the process at once."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    raise _Stopped(number)


def _run(cls: type[_Program]) -> int:
    """Holds the conversation, and returns the exit status."""
    link = _Link.take_over_stdio()
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _stop)
        _converse(cls, link)
        return 0
    except _Stopped as stopped:
        return 128 + int(stopped.args[0])
    except _HostGone:
        return 1
    except ExporterError as error:
        failure = {"type": "error", "kind": error.kind, "message": _one_line(str(error))}
    except BaseException as error:
        traceback.print_exc()
        message = _one_line(f"{type(error).__name__}: {error}")
        failure = {"type": "error", "kind": "internal", "message": message}
    with suppress(_HostGone):
        link.send(failure)
    return 1
