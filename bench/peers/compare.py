"""What an export costs, and what others' programs take for the same: `cargo xtask bench peers`.

All programs run in turn, round after round, so that whatever else the machine does falls upon all
alike. Reported are medians of the processor's time, user and system together, and the largest peak
of memory. A program that is not there is skipped by name; one that writes another number of
contacts than there are is reported as wrong. Prints Markdown.
"""

import argparse
import datetime
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PYTHON = HERE / ".venv/bin/python"
# The numbers of contacts in the files with answers.
SMALL, MIDDLE, LARGE = 10_000, 100_000, 1_000_000
# The channels of a run over many, and the contacts of each.
CHANNELS, EACH = 300, 2_000
STAGES_ROUNDS = 9
START_ROUNDS = 21


class Missing(Exception):
    """A program is not there."""


class Wrong(Exception):
    """A program did something else than was asked."""


def python(script, *arguments):
    if not PYTHON.exists():
        raise Missing("bench/peers/install.sh was not run")
    return [PYTHON, HERE / script, *arguments]


def program(name, *arguments):
    if shutil.which(name) is None:
        raise Missing(f"there is no {name}")
    return [name, *arguments]


class Cost:
    """What runs of one program took."""

    def __init__(self):
        self.cpu, self.wall, self.peak = [], [], 0

    def run(self, command):
        """Runs a command and notes what it took, its children included."""
        with tempfile.NamedTemporaryFile("r") as peak:
            # The kernel hands a parent's peak on to its children; GNU time is a small parent.
            timed = ["time", "--format=%M", f"--output={peak.name}"] if shutil.which("time") else []
            begun = time.monotonic()
            child = subprocess.Popen(
                [*timed, *map(str, command)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            said = child.stderr.read()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            wall = time.monotonic() - begun
            if child.returncode != 0:
                last = said.decode(errors="replace").strip().splitlines()[-1:]
                raise Wrong(f"exit code {child.returncode}: {' '.join(last)}")
            self.cpu.append(usage.ru_utime + usage.ru_stime)
            self.wall.append(wall)
            if timed:
                self.peak = max(self.peak, int(peak.read().split()[-1]))

    @property
    def median(self):
        return statistics.median(self.cpu)

    def memory(self):
        return f"{self.peak / 1024:.0f}" if self.peak else "?"


def rows_of_csv(path):
    # No made-up name has a line end in it, and not every program ends the last line.
    with open(path, "rb") as file:
        return sum(1 for _ in file) - 1


def rows_of_csv_or_dataset(path):
    if path.exists():
        return rows_of_csv(path)
    return sum(map(lines_of_text, path.with_suffix(".dataset").glob("dt=*/channel=*/*.jsonl")))


def lines_of_text(path):
    with open(path, "rb") as file:
        return sum(1 for _ in file)


def cards_of_vcard(path):
    with open(path, "rb") as file:
        return sum(line.startswith(b"BEGIN:VCARD") for line in file)


class Contender:
    """A program for a task, given the file or address to read from and the one to write to."""

    def __init__(self, name, contacts, command, once=False):
        self.name, self.contacts, self.command, self.once = name, contacts, command, once
        self.cost, self.fault = Cost(), None

    def row(self, ours):
        if self.fault is not None:
            return f"| {self.name} | {self.contacts:,} | {self.fault} | | |"
        each = self.cost.median / self.contacts
        times = each / (ours.cost.median / ours.contacts)
        return (
            f"| {self.name} | {self.contacts:,} | {self.cost.median:.3f} "
            f"| {times:.2f} | {self.cost.memory()} |"
        )


def compete(title, contenders, rounds, source, target, count):
    """Runs all contenders in turn and prints a table, in times of the first."""
    for turn in range(rounds):
        for contender in contenders:
            if contender.fault is not None or (contender.once and turn > 0):
                continue
            target.unlink(missing_ok=True)
            try:
                contender.cost.run(contender.command(source(contender.contacts), target))
                written = count(target)
                if written != contender.contacts:
                    raise Wrong(f"wrote {written:,} contacts")
            except Missing as error:
                contender.fault = f"skipped: {error}"
            except Wrong as error:
                contender.fault = f"wrong: {error}"
    print(f"\n## {title}\n")
    print("| program | contacts | CPU s | times the first, each contact | peak MiB |")
    print("| --- | --- | --- | --- | --- |")
    for contender in contenders:
        print(contender.row(contenders[0]), flush=True)


def node(script):
    return lambda source, target: program("node", HERE / script, source, target)


def files(options, folder):
    """From saved answers to a file."""
    whapi, benches = options.whapi, options.benches

    def source(contacts):
        return options.answers / f"answers-{contacts}.ndjson"

    def export(*arguments):
        return lambda source, target: [
            whapi, "export", "--quiet", "--from", source, *arguments, "--output", target
        ]

    def by_hand(*arguments):
        return lambda source, target: [
            benches / "by_hand", arguments[0], source, target, *arguments[1:]
        ]

    def shell(script, *programs):
        def command(source, target):
            for name in programs:
                program(name)
            return [HERE / script, source, target]

        return command

    five = "csv.columns=id,name,pushname,saved,is_business"
    compete(
        "Saved answers to CSV",
        [
            Contender("whapi, 12 columns", LARGE, export("--format", "csv")),
            Contender("whapi, the API's 5 fields", LARGE, export("--format", "csv", "--set", five)),
            Contender("whapi, 12 columns, with --json: a checksum", LARGE, export("--format", "csv", "--json")),
            Contender("by hand, 12 columns, nothing else", LARGE, by_hand("csv")),
            Contender("by hand, with our duties", LARGE, by_hand("csv", "duties")),
            Contender("straight Rust, 5 fields", LARGE, lambda *ends: [benches / "straight", "file", *ends]),
            Contender("Polars, 12 columns", LARGE, lambda *ends: python("csv_polars.py", *ends, "all")),
            Contender("Polars, 5 fields", LARGE, lambda *ends: python("csv_polars.py", *ends)),
            Contender("Python and orjson, 5 fields", LARGE, lambda *ends: python("csv_orjson.py", *ends)),
            Contender("DuckDB, 5 fields", LARGE, lambda *ends: python("csv_duckdb.py", *ends)),
            Contender("Node and fast-csv, 5 fields", MIDDLE, node("csv_fast_csv.cjs")),
            Contender("jq, 5 fields", MIDDLE, shell("csv_jq.sh", "jq")),
            Contender("jq and Miller, 5 fields", MIDDLE, shell("csv_miller.sh", "jq", "mlr")),
        ],
        options.rounds,
        source,
        folder / "contacts.csv",
        rows_of_csv,
    )
    compete(
        "Saved answers to vCard",
        [
            Contender("whapi, 3.0", LARGE, export("--format", "vcard")),
            Contender("whapi, 3.0, with --json: a checksum", LARGE, export("--format", "vcard", "--json")),
            Contender("whapi, 4.0", LARGE, export("--format", "vcard", "--set", "version=4.0")),
            Contender("by hand, 3.0, nothing else", LARGE, by_hand("vcard")),
            Contender("by hand, 3.0, with our duties", LARGE, by_hand("vcard", "duties")),
            Contender("npm's vcards-js, 3.0", MIDDLE, node("vcard_vcards_js.cjs")),
            Contender("npm's vcf, 3.0", MIDDLE, node("vcard_vcf.cjs")),
            Contender("PyPI's vobject, 3.0", SMALL, lambda *ends: python("vcard_vobject.py", *ends)),
        ],
        options.rounds,
        source,
        folder / "contacts.vcf",
        cards_of_vcard,
    )
    both = folder / "both"
    compete(
        "CSV and vCard 3.0 at once",
        [
            Contender(
                "both at once",
                LARGE,
                lambda source, _: [
                    whapi, "export", "--quiet", "--from", source, "--format", "csv,vcard", "--output-dir", both
                ],
            ),
            Contender(
                "one after the other",
                LARGE,
                lambda source, _: [
                    "sh", "-c",
                    f"for format in csv vcard; do '{whapi}' export --quiet --from '{source}' "
                    f"--format $format --output-dir '{both}' || exit; done",
                ],
            ),
        ],
        options.rounds,
        source,
        both / "contacts.vcf",
        cards_of_vcard,
    )
    compete(
        "Growth: CSV",
        [Contender(f"{size:,}", size, export("--format", "csv")) for size in (LARGE, MIDDLE, SMALL)],
        options.rounds,
        source,
        folder / "contacts.csv",
        rows_of_csv,
    )


def programs(options, folder):
    """One format, built in and by programs that speak the protocol of exporters."""
    config = folder / "config.toml"
    script = HERE / "exporter_jsonl.py"
    config.write_text(
        f'[exporters.served]\ncommand = ["{options.serve}", "jsonl"]\n'
        f'[exporters.python]\ncommand = ["python3", "{script}"]\n'
    )

    def export(name):
        return lambda source, target: [
            options.whapi, "export", "--quiet", "--from", source, "--config", config,
            "--format", name, "--output", target,
        ]

    compete(
        "JSON Lines by a program",
        [
            Contender("built in", LARGE, export("jsonl")),
            Contender("the same, served by a program in Rust", LARGE, export("served")),
            Contender("a program in Python", MIDDLE, export("python")),
        ],
        options.rounds,
        lambda contacts: options.answers / f"answers-{contacts}.ndjson",
        folder / "contacts.jsonl",
        lines_of_text,
    )


class Emulator:
    """The emulated API, on a port of its own."""

    def __init__(self, whapi, contacts, latency):
        self.command = [whapi, "emulate", "--contacts", contacts, "--latency-ms", latency]

    def __enter__(self):
        self.process = subprocess.Popen(
            list(map(str, self.command)), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        return self.process.stdout.readline().strip()

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def http(options, folder):
    """From the emulated API, 100 ms a request, to CSV."""
    whapi = options.whapi
    target = folder / "contacts.csv"
    token = folder / "token"
    token.write_text("demo-token\n")
    token.chmod(0o600)
    for contacts in (1_317, MIDDLE):
        with Emulator(whapi, contacts, 100) as base:
            contenders = [
                Contender(
                    "whapi",
                    contacts,
                    lambda base, target: [
                        whapi, "export", "--quiet", "--base-url", base, "--token-file", token,
                        "--format", "csv", "--output", target,
                    ],
                ),
                Contender(
                    "straight Rust, 500 a page, one at a time",
                    contacts,
                    lambda base, target: [options.benches / "straight", "http", base, target],
                ),
                Contender(
                    "Python and requests, 500 a page, one at a time",
                    contacts,
                    lambda *ends: python("http_loop.py", *ends, "500"),
                ),
                Contender(
                    "Python and requests, 100 a page, one at a time; once",
                    contacts,
                    lambda *ends: python("http_loop.py", *ends, "100"),
                    once=True,
                ),
            ]
            # A round takes a minute and more.
            rounds = options.rounds if contacts < MIDDLE else min(options.rounds, 3)
            title = f"{contacts:,} contacts over HTTP, 100 ms a request"
            compete(title, contenders, rounds, lambda _: base, target, rows_of_csv)
            print("\nWall seconds, medians: " + "; ".join(
                f"{one.name} {statistics.median(one.cost.wall):.2f}"
                for one in contenders
                if one.fault is None
            ))


class Channels:
    """Many emulated channels, on a port of their own, and a configuration that names them."""

    def __init__(self, benches, channels, contacts, folder):
        self.command = [benches / "channels", channels, contacts, folder]
        self.config = folder / "config.toml"

    def __enter__(self):
        self.config.parent.mkdir()
        self.process = subprocess.Popen(list(map(str, self.command)), stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()
        return self.config

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def channels(options, folder):
    """One channel, and the same contacts in many."""

    def export(config, *arguments):
        return lambda _, target: [
            options.whapi, "export", "--quiet", "--config", config, "--all-channels", *arguments,
            "--format", "csv", "--set", "csv.columns=id,phone,display_name,saved", "--output", target,
        ]

    with (
        Channels(options.benches, 1, CHANNELS * EACH, folder / "one") as one,
        Channels(options.benches, CHANNELS, EACH, folder / "many") as many,
    ):
        compete(
            f"{CHANNELS * EACH:,} contacts in one channel and in {CHANNELS}",
            [
                Contender("one channel", CHANNELS * EACH, export(one)),
                Contender(f"{CHANNELS} channels", CHANNELS * EACH, export(many)),
                Contender("the same, merged", CHANNELS * EACH, export(many, "--merge-channels")),
                Contender(
                    "the same, as a dataset",
                    CHANNELS * EACH,
                    lambda _, target: [
                        options.whapi, "export", "--quiet", "--config", many, "--all-channels",
                        "--format", "dataset", "--output", target.with_suffix(".dataset"),
                    ],
                ),
            ],
            options.rounds,
            lambda _: None,
            folder / "contacts.csv",
            rows_of_csv_or_dataset,
        )


def stages(options):
    """The encoders and what is before them, in memory, on one thread."""
    hot = options.benches / "hot"
    answers = options.answers / f"answers-{MIDDLE}.ndjson"
    names = subprocess.run([hot, "list"], capture_output=True, check=True, text=True).stdout.split()
    print(f"\n## Stages, {MIDDLE:,} contacts in memory, one thread\n")
    print("| stage | CPU ns a contact | contacts a CPU second |")
    print("| --- | --- | --- |")
    for name in names:
        run = subprocess.run(
            [hot, "cpu", name, answers, str(STAGES_ROUNDS)], capture_output=True, check=True, text=True
        )
        nanoseconds = int(run.stdout)
        print(f"| {name} | {nanoseconds:,} | {1e9 / nanoseconds:,.0f} |", flush=True)


def start_up(options):
    print("\n## Start\n")
    print("| command | CPU ms | wall ms, the quickest | wall ms, median |")
    print("| --- | --- | --- | --- |")
    for argument in ("--help", "exporters"):
        cost = Cost()
        for _ in range(START_ROUNDS):
            cost.run([options.whapi, argument])
        wall = min(cost.wall) * 1000, statistics.median(cost.wall) * 1000
        print(f"| `whapi {argument}` | {cost.median * 1000:.1f} | {wall[0]:.1f} | {wall[1]:.1f} |")


def machine():
    cpu = platform.processor()
    try:
        with open("/proc/cpuinfo") as info:
            cpu = next(line.split(":")[1].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    load = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return f"{datetime.date.today()}, {os.cpu_count()} × {cpu}, {platform.system()} {platform.release()}, load {load}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--whapi", type=pathlib.Path, required=True, help="the program")
    parser.add_argument("--benches", type=pathlib.Path, required=True, help="the folder of by_hand, straight, hot and channels")
    parser.add_argument("--serve", type=pathlib.Path, required=True, help="the example serve")
    parser.add_argument("--answers", type=pathlib.Path, required=True, help="the folder of answers-N.ndjson")
    parser.add_argument("--rounds", type=int, default=5, help="how often each program runs (default: 5)")
    parser.add_argument("--only", choices=["files", "programs", "http", "channels", "stages", "start"], help="one part of it")
    options = parser.parse_args()
    print(f"Begun with {machine()}; {options.rounds} rounds.")
    with tempfile.TemporaryDirectory(dir=options.answers) as folder:
        folder = pathlib.Path(folder)
        parts = {
            "files": lambda: files(options, folder),
            "programs": lambda: programs(options, folder),
            "http": lambda: http(options, folder),
            "channels": lambda: channels(options, folder),
            "stages": lambda: stages(options),
            "start": lambda: start_up(options),
        }
        for name, part in parts.items():
            if options.only in (None, name):
                part()
    print(f"\nEnded with {machine()}.")


if __name__ == "__main__":
    sys.exit(main())
