"""Runs the program ``whapi`` that this package brings along."""

import os
import subprocess
import sys
from importlib.metadata import files
from pathlib import Path


def program() -> Path:
    """Returns the path of the program, wherever the installer put it."""
    for file in files("whapi-export") or []:
        if file.name in ("whapi", "whapi.exe"):
            return Path(file.locate()).resolve()
    sys.exit("error: the package whapi-export is damaged: it lists no program whapi")


def main() -> None:
    """Becomes the program, with the arguments of this process."""
    become()


def tap() -> None:
    """Becomes ``whapi tap``, with the arguments of this process."""
    become("tap")


def become(*words: str) -> None:
    """Becomes the program, with these words before the arguments of this process."""
    command = [str(program()), *words, *sys.argv[1:]]
    if os.name == "nt":
        # Windows cannot replace a process.
        sys.exit(subprocess.run(command).returncode)
    os.execv(command[0], command)
