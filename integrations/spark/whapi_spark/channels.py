"""The channels of config.toml: their names and tags, which is all that the driver needs.

The driver does not look at tokens and addresses. ``whapi`` checks the whole file on each executor.
"""

from __future__ import annotations

import difflib
import tomllib
from typing import Any, Iterable, Mapping

from .errors import WhapiError, listed, quoted
from .options import CHANNEL_NAME, CHANNEL_RULE, Options


def choose(options: Options) -> list[str]:
    """Returns the names of the channels to read: those named, then those with a tag; else all of them."""
    tags_of = read(options.config)
    if not options.channels and not options.tags:
        return list(tags_of)
    chosen = [find(name, tags_of, options.config) for name in options.channels]
    for tag in options.tags:
        tagged = [name for name, tags in tags_of.items() if tag in tags]
        if not tagged:
            known = sorted({known for tags in tags_of.values() for known in tags})
            raise WhapiError(
                f"no channel of {quoted(options.config)} has the tag {quoted(tag)}{suggestion(tag, known)}"
            )
        chosen += tagged
    return list(dict.fromkeys(chosen))


def find(name: str, names: Iterable[str], config: str) -> str:
    """Returns a name as config.toml writes it. Letter case does not matter."""
    for known in names:
        if known.casefold() == name.casefold():
            return known
    raise WhapiError(f"there is no channel {quoted(name)} in {quoted(config)}{suggestion(name, names)}")


def suggestion(word: str, known: Iterable[str]) -> str:
    """Returns the end of a message about a word that is not known."""
    known = list(known)
    close = difflib.get_close_matches(word, known, n=1)
    hint = f"; did you mean {quoted(close[0])}?" if close else ";"
    return f"{hint} known: {listed(known) or 'none'}"


def read(config: str) -> dict[str, list[str]]:
    """Reads the tags of each channel, in the order of the file. No error repeats a value of the file."""
    try:
        with open(config, "rb") as file:
            document = tomllib.load(file)
    except OSError as error:
        raise WhapiError(f"the driver could not read {quoted(config)}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # The error may show a piece of the file.
        raise WhapiError(f"{quoted(config)} is not TOML; `whapi check --config` shows the line") from None
    channels = document.get("channels")
    if not isinstance(channels, dict) or not channels:
        raise WhapiError(f"{quoted(config)} has no channels; `whapi login --channel NAME` adds one")
    if not all(map(CHANNEL_NAME.fullmatch, channels)):
        # The text may be a token.
        raise WhapiError(f"{quoted(config)} has a channel whose name is none; {CHANNEL_RULE}")
    return {name: tags(channel) for name, channel in channels.items()}


def tags(channel: Mapping[str, Any]) -> list[str]:
    """Returns the tags of a channel. What is not a list of texts has none here, and ``whapi`` refuses it."""
    found = channel.get("tags", []) if isinstance(channel, dict) else []
    return [tag for tag in found if isinstance(tag, str)] if isinstance(found, list) else []
