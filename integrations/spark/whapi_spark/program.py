"""Runs ``whapi`` as a child process, and returns its standard output in blocks of whole lines."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
import tempfile
from typing import IO, Callable, Generator, Optional, Sequence

from .errors import WhapiError, printable, quoted

#: The first version whose ``export`` has the flags and keys that this package uses.
OLDEST = (0, 1, 0)
INCOMPLETE = 3  #: the exit code of an output that is written, and may lack contacts

BLOCK = 256 * 1024  #: bytes to read at once
LONGEST_LINE = 16 * 1024 * 1024  #: no record is longer
LOG_TAIL = 4096  #: bytes of standard error in a message
GRACE = 5.0  #: seconds between SIGTERM and SIGKILL


class ExitStatus(WhapiError):
    """``whapi`` ended with an exit code that is not 0."""

    def __init__(self, code: int, log: str) -> None:
        how = f"ended with exit code {code}" if code >= 0 else f"was ended by signal {-code}"
        super().__init__(f"whapi {how}: {log or 'it wrote no message'}")
        self.code = code


def check_version(program: str) -> None:
    """Fails unless the program is there, and is a ``whapi`` that is new enough."""
    try:
        ran = subprocess.run([program, "--version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = getattr(error, "strerror", None) or "it does not end"
        raise WhapiError(
            f"could not run {quoted(program)} on this executor: {reason}; install whapi there, or let the option "
            "`whapi` name its path"
        ) from None
    said = ran.stdout.decode("utf-8", "replace")
    match = re.match(r"whapi ([0-9]+)\.([0-9]+)\.([0-9]+)", said)
    oldest = ".".join(map(str, OLDEST))
    if match is None:
        raise WhapiError(f"{quoted(program)} on this executor is not whapi; version {oldest} or newer is needed")
    if tuple(map(int, match.groups())) < OLDEST:
        raise WhapiError(
            f"{quoted(program)} on this executor is {printable(said.strip())}; {oldest} or newer is needed"
        )


def run(program: str, arguments: Sequence[str]) -> Generator[bytes, None, None]:
    """Yields standard output in blocks that end in LF, and raises `ExitStatus` after the last if the run failed.

    The child process ends with this iterator, and on Linux with the process that reads it.
    """
    # A file and not a pipe: the child never waits for a reader of its messages.
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            preexec_fn=end_with_parent(),
        )
        assert child.stdout is not None
        try:
            rest = yield from whole_lines(child.stdout)
            code = child.wait()
        finally:
            end(child)
        if code != 0:
            raise ExitStatus(code, tail(log))
        if rest:
            raise WhapiError("the output of whapi ends within a line")


def whole_lines(output: IO[bytes]) -> Generator[bytes, None, bytes]:
    """Yields the output cut behind line ends, and returns what follows the last of them."""
    rest = b""
    while block := os.read(output.fileno(), BLOCK):
        lines, end, block = block.rpartition(b"\n")
        if end:
            yield rest + lines + end
            rest = b""
        rest += block
        if len(rest) > LONGEST_LINE:
            raise WhapiError("a line of the output of whapi is longer than 16 MiB")
    return rest


def end(child: subprocess.Popen[bytes]) -> None:
    """Ends the child process if it runs, and waits for it."""
    assert child.stdout is not None
    child.stdout.close()
    child.terminate()
    try:
        child.wait(GRACE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def end_with_parent() -> Optional[Callable[[], None]]:
    """Returns what lets a child process on Linux get SIGTERM when this process dies, even by SIGKILL.

    Spark kills the Python process of a cancelled task, which has no time to end its child.
    """
    if sys.platform != "linux":
        return None
    pr_set_pdeathsig = 1
    # Looked up here, because little is safe between fork and exec.
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def in_child() -> None:
        prctl(pr_set_pdeathsig, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(128 + signal.SIGTERM)

    return in_child


def tail(log: IO[bytes]) -> str:
    """Returns the last lines of standard error, without control characters."""
    log.seek(max(0, log.seek(0, os.SEEK_END) - LOG_TAIL))
    lines = log.read().decode("utf-8", "replace").split("\n")
    return "; ".join(printable(line) for line in lines if line.strip())
