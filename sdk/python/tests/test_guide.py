"""The programs and the commands of the guide do what it says."""

import json
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path
from typing import List

from support import REPOSITORY, SDK, ChildTest, validate

GUIDE = (REPOSITORY / "docs" / "guides" / "exporter-in-any-language.md").read_text("utf-8")


def block(after: str) -> str:
    """The first block of code behind a text."""
    match = re.search(r"```\w*\n(.*?)```", GUIDE[GUIDE.index(after) :], re.DOTALL)
    assert match is not None
    return match[1]


class Guide(ChildTest):
    def run_by_hand(self, file: str, runner: str, modules: List[Path]) -> None:
        if shutil.which(runner) is None:
            self.skipTest(f"SKIPPED: no {runner} here")
        (self.folder / file).write_text(block(f"`{file}`:\n"), "utf-8")
        for module in modules:
            shutil.copy(module, self.folder)
        staging = str(self.folder / "lines.txt")
        command = block("## 2. Try it by hand").replace("/tmp/lines.txt", staging)
        self.assertIn("python3 lines.py", command)
        command = command.replace("python3 lines.py", f"{runner} {file}")
        found = subprocess.run(
            ["sh", "-euc", command], cwd=self.folder, check=True, capture_output=True, encoding="utf-8", timeout=60
        )
        self.assertEqual(found.stderr, "")
        *messages, line = found.stdout.splitlines()
        *expected, expected_line = block("It shows the program's side").splitlines()
        self.assertEqual(line, expected_line)
        for message in messages:
            validate("program", json.loads(message))
        hello = json.loads(messages[0])
        hello.pop("max_batch", None)
        self.assertEqual([hello, *map(json.loads, messages[1:])], [json.loads(one) for one in expected])

    def test_in_python(self) -> None:
        self.run_by_hand("lines.py", sys.executable, [SDK / "whapi_exporter.py"])

    def test_in_javascript(self) -> None:
        self.run_by_hand("lines.mjs", "node", [REPOSITORY / "sdk" / "node" / "whapi-exporter.mjs"])

    @unittest.skipIf(shutil.which("jq") is None, "SKIPPED: no jq here")
    def test_in_shell(self) -> None:
        self.run_by_hand("lines.sh", "sh", [])
