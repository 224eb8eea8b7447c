"""What the tests share: emulated channels over real HTTP, a configuration that names them, and one Spark."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Optional, Sequence

PACKAGE = Path(__file__).resolve().parent.parent
REPOSITORY = PACKAGE.parent.parent
WHAPI = os.environ.get("WHAPI_PROGRAM", str(REPOSITORY / "target/debug/whapi"))
TOKEN = "demo-token"


def missing() -> Optional[str]:
    """Returns what of the tests' needs is not here."""
    try:
        import duckdb  # noqa: F401
        import pyarrow  # noqa: F401
        import pyspark  # noqa: F401
    except ImportError as error:
        return f"{error.name}: pip install pyspark pyarrow duckdb"
    try:
        subprocess.run(["java", "-version"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return "java: apt-get install openjdk-17-jre-headless"
    if not Path(WHAPI).exists():
        return f"{WHAPI}: cargo build --package whapi-cli"
    return None


def require() -> None:
    """Skips the tests of a module where Spark cannot run, unless WHAPI_REQUIRE_SPARK is set."""
    if absent := missing():
        if os.environ.get("WHAPI_REQUIRE_SPARK"):
            raise SystemExit(f"the tests need {absent}")
        print(f"SKIPPED: the tests need {absent}", file=sys.stderr)
        raise unittest.SkipTest(absent)


require()

from pyspark.sql import DataFrame, SparkSession  # noqa: E402
from whapi_spark import WhapiDataSource  # noqa: E402


@functools.cache
def spark() -> SparkSession:
    """Spark in this process, with two executor threads, which start Python with this package."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    path = [str(PACKAGE), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, path))
    options: dict[str, bool | float | int | str | None] = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.log.level": "OFF",
    }
    session = SparkSession.builder.master("local[2]").config(map=options).getOrCreate()
    session.dataSource.register(WhapiDataSource)
    return session


class Emulator:
    """An emulated channel, as a process of its own."""

    def __init__(self, *arguments: str) -> None:
        command = [WHAPI, "emulate", "--port=0", *arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


class ChannelTest(unittest.TestCase):
    """A test with a folder, a configuration and emulated channels, which are gone afterwards."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.config = self.folder / "config.toml"
        self._files = 0

    def write(self, name: str, text: str, mode: int = 0o600) -> Path:
        path = self.folder / name
        path.write_text(text, "utf-8")
        path.chmod(mode)
        return path

    def emulate(self, *arguments: str) -> str:
        """Starts an emulated channel, and returns its address."""
        emulator = Emulator(*arguments)
        self.addCleanup(emulator.close)
        return emulator.url

    def configure(self, *channels: tuple[str, str], token: str = TOKEN, tags: Sequence[str] = ()) -> None:
        """Adds channels to the configuration: name and address of each."""
        entries = [self.config.read_text("utf-8")] if self.config.exists() else []
        for name, url in channels:
            self._files += 1
            path = self.write(f"{self._files}.token", f"{token}\n")
            lines = [
                f"[channels.{json.dumps(name, ensure_ascii=False)}]",
                f'token_file = "{path}"',
                f'base_url = "{url}"',
            ]
            entries.append("\n".join([*lines, f"tags = {json.dumps(list(tags))}", ""]))
        self.write("config.toml", "\n".join(entries))

    def load(self, **options: Any) -> DataFrame:
        """The data frame of the configuration, with these options."""
        reader = spark().read.format("whapi").options(config=str(self.config), whapi=WHAPI)
        return reader.options(**options).load()

    def error(self, **options: Any) -> str:
        """Reads everything, which must fail, and returns the last line of the error."""
        with self.assertRaises(Exception) as caught:
            self.load(**options).collect()
        lines = str(caught.exception).split("\n")
        ours = [line for line in lines if line.startswith("whapi_spark.errors.WhapiError: ")]
        self.assertEqual(len(ours), 1, lines)
        return ours[0].removeprefix("whapi_spark.errors.WhapiError: ")

    def export(self, channel: str, *arguments: str) -> list[dict[str, Any]]:
        """What `whapi export` itself writes of a channel."""
        command = [WHAPI, "export", "-f", "jsonl", "-o", "-", "-q", f"--config={self.config}", f"--channel={channel}"]
        ran = subprocess.run([*command, *arguments], check=True, capture_output=True)
        return [json.loads(line) for line in ran.stdout.split(b"\n")[:-1]]
