"""The error of this package, and how foreign text stands in its messages."""

from __future__ import annotations

from typing import Iterable


class WhapiError(Exception):
    """A wrong option, a wrong configuration, or a channel that could not be read completely."""


def quoted(text: str) -> str:
    """Returns a short text in backticks, on one line and without control characters."""
    return f"`{printable(text[:60])}{'…' if len(text) > 60 else ''}`"


def listed(names: Iterable[str]) -> str:
    """Returns `a`, `b`, `c`."""
    return ", ".join(map(quoted, names))


def printable(text: str) -> str:
    """Escapes every character that is not printable."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
