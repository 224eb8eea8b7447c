"""The child process: its output, its errors, and that it never stays behind."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest import mock

from support import PACKAGE, WHAPI, ChannelTest
from whapi_spark import WhapiError, __version__
from whapi_spark import program


def is_running(pid: int) -> bool:
    """Whether the process runs. One that ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for_end(pid: int) -> bool:
    """Waits for the end of a process, at most 20 seconds."""
    deadline = time.monotonic() + 20
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_running(pid)


class ProgramTest(ChannelTest):
    def script(self, body: str) -> str:
        """A program in Python, in place of `whapi`."""
        return str(self.write("program", f"#!{sys.executable}\nimport os, sys, time\n{body}\n", 0o700))

    def failed(self, name: str) -> str:
        with self.assertRaises(WhapiError) as caught:
            program.check_version(name)
        return str(caught.exception).replace(str(self.folder), "DIR")

    def test_the_version(self) -> None:
        program.check_version(WHAPI)
        hint = "install whapi there, or let the option `whapi` name its path"
        self.assertEqual(
            self.failed(f"{self.folder}/absent"),
            f"could not run `DIR/absent` on this executor: No such file or directory; {hint}",
        )
        self.write("closed", "", 0o600)
        self.assertEqual(
            self.failed(f"{self.folder}/closed"),
            f"could not run `DIR/closed` on this executor: Permission denied; {hint}",
        )
        oldest = ".".join(map(str, program.OLDEST))
        for said, message in (
            ("jq-1.7", f"is not whapi; version {oldest} or newer is needed"),
            ("whapi 0.0.9", f"is whapi 0.0.9; {oldest} or newer is needed"),
        ):
            self.assertEqual(self.failed(self.script(f"print('{said}')")), f"`DIR/program` on this executor {message}")
        for version in (oldest, "0.10.0-rc.1", "1.0.0"):
            program.check_version(self.script(f"print('whapi {version}')"))

    def test_this_package_has_the_version_of_whapi(self) -> None:
        ran = subprocess.run([WHAPI, "--version"], check=True, capture_output=True, text=True)
        self.assertEqual(ran.stdout, f"whapi {__version__}\n")

    def test_blocks_end_in_line_ends(self) -> None:
        name = self.script("sys.stdout.write(''.join('x' * i + '\\n' for i in range(2000)))")
        blocks = list(program.run(name, []))
        self.assertGreater(len(blocks), 4)
        self.assertEqual({block[-1:] for block in blocks}, {b"\n"})
        self.assertEqual(b"".join(blocks), b"".join(b"x" * i + b"\n" for i in range(2000)))

    def test_a_block_comes_before_the_child_ends(self) -> None:
        name = self.script("print(os.getpid(), flush=True)\ntime.sleep(600)")
        blocks = program.run(name, [])
        pid = int(next(blocks))
        self.assertTrue(is_running(pid))
        blocks.close()
        self.assertFalse(is_running(pid))

    def test_a_child_that_ignores_sigterm_is_killed(self) -> None:
        body = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint(os.getpid(), flush=True)\n"
        with mock.patch.object(program, "GRACE", 0.1):
            blocks = program.run(self.script(body + "time.sleep(600)"), [])
            pid = int(next(blocks))
            blocks.close()
        self.assertFalse(is_running(pid))

    def test_a_child_ends_with_a_parent_that_is_killed(self) -> None:
        name = self.script("print(os.getpid(), flush=True)\ntime.sleep(600)")
        parent_body = f"from whapi_spark import program\nblocks = program.run({name!r}, [])\n"
        command = [sys.executable, "-c", parent_body + "print(int(next(blocks)), flush=True)\ninput()"]
        environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
        parent = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        self.assertTrue(is_running(pid))
        parent.send_signal(signal.SIGKILL)
        parent.communicate()
        self.assertTrue(wait_for_end(pid))

    def run_to_error(self, body: str) -> str:
        with self.assertRaises(WhapiError) as caught:
            list(program.run(self.script(body), []))
        return str(caught.exception)

    def test_errors(self) -> None:
        for body, message in (
            ("sys.exit('one\\n\\ntwo \\x1b[2J')", "whapi ended with exit code 1: one; two \\x1b[2J"),
            ("sys.exit(5)", "whapi ended with exit code 5: it wrote no message"),
            ("print('{}')\nos.kill(os.getpid(), 9)", "whapi was ended by signal 9: it wrote no message"),
            ("sys.stdout.write('{}\\n{')", "the output of whapi ends within a line"),
        ):
            self.assertEqual(self.run_to_error(body), message)

    def test_much_on_standard_error_holds_nothing_up(self) -> None:
        message = self.run_to_error("sys.stderr.write(('y' * 99 + '\\n') * 50000)\nsys.exit(5)")
        self.assertRegex(message, r"\Awhapi ended with exit code 5: y+(; y{99})*\Z")
        self.assertLess(len(message), program.LOG_TAIL + 200)

    def test_a_line_without_end_is_refused(self) -> None:
        with mock.patch.object(program, "LONGEST_LINE", 1 << 20):
            message = self.run_to_error("while True: sys.stdout.write('x' * 65536)")
        self.assertEqual(message, "a line of the output of whapi is longer than 16 MiB")

    def test_the_oldest_version_is_one(self) -> None:
        self.assertLessEqual(program.OLDEST, tuple(map(int, re.findall("[0-9]+", __version__))))
