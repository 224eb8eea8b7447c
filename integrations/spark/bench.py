"""What Spark adds to a channel, and how reading scales with executors: prints Markdown.

    cargo build --release --package whapi-cli
    python3 integrations/spark/bench.py --whapi target/release/whapi

One executor and two, each with one core, are processes of their own (`local-cluster`). They read in turn, round after
round, so that whatever else the machine does falls upon both alike. The emulated channels are one more process on the
same machine. Where reading waits for their answers, the wait dominates. Where it does not, all share the cores.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Sequence

PACKAGE = Path(__file__).resolve().parent
FEW, MANY = 10, 60  #: channels of ten contacts, whose difference is that of 50 tasks
WAITING = {"channels": 12, "contacts": 1_000, "latency": 1_000}
BUSY = {"channels": 12, "contacts": 20_000, "latency": 0}


def work(executors: int) -> None:
    """Reads a job as a line of JSON, runs it, answers with its seconds, and so on to the end of the input."""
    from pyspark.sql import SparkSession
    from whapi_spark import WhapiDataSource

    options: dict[str, bool | float | int | str | None] = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.log.level": "OFF",
        "spark.executorEnv.PYTHONPATH": str(PACKAGE),
    }
    builder = SparkSession.builder.master(f"local-cluster[{executors},1,1024]").config(map=options)
    spark = builder.getOrCreate()
    spark.dataSource.register(WhapiDataSource)
    for line in sys.stdin:
        job = json.loads(line)
        begun = time.monotonic()
        rows = spark.read.format("whapi").options(**job["options"]).load().count()
        seconds = time.monotonic() - begun
        if rows != job["rows"]:
            raise SystemExit(f"{rows} rows in place of {job['rows']}")
        print(f"\nSECONDS {seconds}", flush=True)


class Worker:
    """A Spark of its own, which runs jobs."""

    def __init__(self, executors: int) -> None:
        environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "PYSPARK_PYTHON": sys.executable}
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--work", str(executors)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def seconds(self, rows: int, **options: str) -> float:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        stdin.write(json.dumps({"rows": rows, "options": options}) + "\n")
        stdin.flush()
        for line in stdout:
            if line.startswith("SECONDS "):
                return float(line.split()[1])
        raise SystemExit("Spark failed; run this with --work 1 to see why")

    def close(self) -> None:
        self._process.communicate()


class Channels:
    """Channels with the same contacts, of one emulated API."""

    def __init__(self, whapi: str, folder: Path, channels: int, contacts: int, latency: int) -> None:
        self.whapi, self.rows, self.names = whapi, channels * contacts, [f"c{number}" for number in range(channels)]
        command = [whapi, "emulate", "--port=0", f"--contacts={contacts}", f"--latency-ms={latency}"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._process.stdout is not None
        url = self._process.stdout.readline().strip()
        folder.mkdir()
        token, self.config = folder / "token", folder / "config.toml"
        token.write_text("demo-token\n")
        token.chmod(0o600)
        entries = [f'[channels.{name}]\ntoken_file = "{token}"\nbase_url = "{url}"\n' for name in self.names]
        self.config.write_text("".join(entries))
        self.config.chmod(0o600)

    def by_spark(self, worker: Worker, channels: int | None = None) -> float:
        """The seconds that Spark takes for all of them, or the first ones."""
        names = self.names[:channels]
        rows = self.rows // len(self.names) * len(names)
        return worker.seconds(rows, config=str(self.config), whapi=self.whapi, channels=",".join(names))

    def by_whapi(self, channels: int) -> float:
        """The seconds that `whapi export` takes for the first ones, one after another."""
        common = [self.whapi, "export", "-f", "jsonl", "-o", "-", "-q", f"--config={self.config}"]
        begun = time.monotonic()
        for name in self.names[:channels]:
            subprocess.run([*common, f"--channel={name}"], check=True, capture_output=True)
        return time.monotonic() - begun

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


def row(name: str, values: Sequence[float], unit: str, digits: int) -> str:
    """A row of the table."""
    figures = [min(values), statistics.median(values), max(values)]
    return "| " + " | ".join([name, *(f"{figure:.{digits}f}{unit}" for figure in figures)]) + " |"


def measure(whapi: str, rounds: int) -> None:
    """Runs everything in turn, and prints the table."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        one, two = (stack.enter_context(closing(Worker(executors))) for executors in (1, 2))
        small = stack.enter_context(closing(Channels(whapi, folder / "small", MANY, 10, 0)))
        waiting = stack.enter_context(closing(Channels(whapi, folder / "waiting", *WAITING.values())))
        busy = stack.enter_context(closing(Channels(whapi, folder / "busy", *BUSY.values())))
        for worker in (one, two):
            small.by_spark(worker, FEW)  # starts Python on the executors
        tasks, jobs, alone = [], [], []
        waits: tuple[list[float], list[float]] = ([], [])
        computes: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds):
            few, many = small.by_spark(one, FEW), small.by_spark(one)
            task = (many - few) / (MANY - FEW)
            tasks.append(task * 1000)
            jobs.append(few - FEW * task)
            alone.append(small.by_whapi(FEW) / FEW * 1000)
            for channels, times in ((waiting, waits), (busy, computes)):
                for worker, of_worker in zip((one, two), times):
                    of_worker.append(channels.by_spark(worker))
    print("| | least | median | most |\n| --- | --- | --- | --- |")
    print(row("a channel of 10 contacts by `whapi export`", alone, " ms", 0))
    print(row("the same as a task of Spark", tasks, " ms", 0))
    print(row("what Spark adds", [task - own for task, own in zip(tasks, alone)], " ms", 0))
    print(row("what a read of Spark takes besides its tasks", jobs, " s", 2))
    for name, (first, second) in (("waiting", waits), ("busy", computes)):
        print(row(f"{name}: one executor", first, " s", 2))
        print(row(f"{name}: two executors", second, " s", 2))
        print(row(f"{name}: gain", [a / b for a, b in zip(first, second)], "", 2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--whapi", help="the release build of whapi", type=os.path.abspath)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work is not None:
        work(arguments.work)
    elif arguments.whapi is None:
        parser.error("--whapi is missing")
    else:
        measure(arguments.whapi, arguments.rounds)


if __name__ == "__main__":
    main()
