"""The options of ``spark.read.format("whapi")``, checked on the driver before anything starts.

Spark may show options in its UI and its logs. So none of them is a token: config.toml says where each token is, on the
machine that reads the channel.
"""

from __future__ import annotations

import difflib
import os.path
import re
from dataclasses import dataclass
from typing import Mapping, Optional, Sequence

from .errors import WhapiError, listed, quoted

OPTIONS = (
    "config",
    "channels",
    "tags",
    "whapi",
    "allow_incomplete",
    "max_requests",
    "only",
    "kind",
    "standing_by",
    "reasons",
    "resolve_lids",
)
ONLY = ("saved", "discovered", "unknown", "unsaved")
KINDS = ("phone", "lid", "other")
STANDING_BY = ("phonebook", "saved")

CHANNEL_NAME = re.compile(r"[A-Za-z0-9_-]{1,30}")
CHANNEL_RULE = "a name has at most 30 letters from a to z, digits, `-` and `_`"


@dataclass(frozen=True)
class Options:
    """The checked options of a read."""

    config: str  #: an absolute path, on the driver and on each executor
    channels: Sequence[str]  #: names; with no names and no tags, all channels
    tags: Sequence[str]
    whapi: str  #: the program on each executor
    allow_incomplete: bool
    filters: Sequence[str]  #: the flags of ``whapi export`` that the other options stand for

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Options:
        """Checks the options. No error repeats a value that may be a token."""
        refuse_tokens(given)
        refuse_unknown(given)
        options = {name.casefold(): value for name, value in given.items()}
        config = options.get("config", "")
        if not os.path.isabs(config):
            raise WhapiError(
                "the option `config` must be the absolute path of a config.toml that the driver and every executor have"
            )
        return cls(
            config=config,
            channels=channel_names(options),
            tags=words(options, "tags"),
            whapi=options.get("whapi", "whapi"),
            allow_incomplete=switch(options, "allow_incomplete"),
            filters=flags(options),
        )

    def arguments(self, channel: str) -> list[str]:
        """The arguments of ``whapi`` that export this channel as JSON Lines to standard output."""
        export = ["export", "--format=jsonl", "--output=-", "--quiet", "--no-input"]
        return [*export, f"--config={self.config}", f"--channel={channel}", *self.filters]


def flags(options: Mapping[str, str]) -> list[str]:
    """Returns the flags that choose contacts and what is requested beside them."""
    found = []
    for name, known in (("only", ONLY), ("kind", KINDS), ("standing_by", STANDING_BY)):
        values = [choice(name, value, known) for value in words(options, name)]
        if len(values) > 1 and name == "standing_by":
            raise WhapiError(f"the option `standing_by` takes one of {listed(known)}")
        if values:
            found.append(f"--{name.replace('_', '-')}={','.join(values)}")
    found += [f"--{name.replace('_', '-')}" for name in ("reasons", "resolve_lids") if switch(options, name)]
    if "max_requests" in options:
        number = options["max_requests"].strip()
        if not re.fullmatch("[0-9]{1,18}", number):
            raise WhapiError("the option `max_requests` takes a number, the most requests for each channel")
        found.append(f"--max-requests={number}")
    return found


def refuse_tokens(given: Mapping[str, str]) -> None:
    """Refuses options that are tokens, by their name or their value, without repeating either value."""
    for name, value in given.items():
        # Spark gives names in small letters, so that a token in place of a name has no capital ones.
        is_long = re.search("[A-Za-z0-9]{20}", name)
        if is_long or "token" in name.casefold():
            called = "an option" if is_long else f"the option {quoted(name)}"
            raise WhapiError(
                f"{called} is refused: Spark may show options, so a token is never one; "
                "config.toml says where the token of each channel is, with `token_file`, `token_env` or `token_command`"
            )
        # A name of a channel is shorter than a token, and is checked by its own rule.
        if name.casefold() != "channels" and holds_token(value):
            raise WhapiError(
                f"the value of the option {quoted(name)} looks like a token, and Spark may show options; "
                "renew this token in Whapi's panel, and let config.toml say where the new one is"
            )


def refuse_unknown(given: Mapping[str, str]) -> None:
    """Refuses options that this source does not have."""
    for name in given:
        if name == "path":
            raise WhapiError("load() takes no path; the option `config` is the path of config.toml")
        if name.casefold() not in OPTIONS:
            close = difflib.get_close_matches(name.casefold(), OPTIONS, n=1)
            hint = f"; did you mean {quoted(close[0])}?" if close else ";"
            raise WhapiError(f"unknown option {quoted(name)}{hint} known: {listed(OPTIONS)}")


def holds_token(text: str) -> bool:
    """Whether a text holds 20 letters and digits in a row, with a digit and letters of both cases."""
    runs = re.findall("[A-Za-z0-9]{20,}", text)
    return any(all(re.search(kind, run) for kind in ("[a-z]", "[A-Z]", "[0-9]")) for run in runs)


def channel_names(options: Mapping[str, str]) -> list[str]:
    """Returns the names of the option `channels`."""
    names = words(options, "channels")
    if not all(map(CHANNEL_NAME.fullmatch, names)):
        raise WhapiError(f"the option `channels` takes names of channels, separated by commas; {CHANNEL_RULE}")
    return names


def words(options: Mapping[str, str], name: str) -> list[str]:
    """Returns the parts between commas. An option without any is an error: a variable that is not set would read all."""
    found = [word.strip() for word in options.get(name, "").split(",") if word.strip()]
    if name in options and not found:
        raise WhapiError(f"the option {quoted(name)} is empty; leave it out to read everything")
    return found


def switch(options: Mapping[str, str], name: str) -> bool:
    """Returns an option that is on or off, and off if it is left out."""
    value: Optional[bool] = {"true": True, "false": False}.get(options.get(name, "false").strip().casefold())
    if value is None:
        raise WhapiError(f"the option {quoted(name)} takes `true` or `false`")
    return value


def choice(name: str, value: str, known: Sequence[str]) -> str:
    """Checks a value against those that are known, in any letter case."""
    if value.casefold() not in known:
        raise WhapiError(f"the option {quoted(name)} does not take {quoted(value)}; known: {listed(known)}")
    return value.casefold()
