"""Whole reads by Spark, of emulated channels."""

import json
import os
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Iterator
from urllib.parse import parse_qs, urlsplit

from support import REPOSITORY, WHAPI, ChannelTest, spark
from whapi_spark import WhapiDataSource
from whapi_spark.source import Channel

MADE_UP = "3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d"


def without_absent(row: Any) -> dict[str, Any]:
    """A row as a record, without the columns that its read did not request."""
    optional = ("username", "phonebook", "reasons", "other_id", "merged")
    fields = row.asDict(recursive=True)
    return {name: value for name, value in fields.items() if value is not None or name not in optional}


def children(config: Path) -> list[str]:
    """The processes of `whapi` that have this configuration."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = path.read_bytes().decode(errors="replace").split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if f"--config={config}" in arguments:
            found.append(path.parent.name)
    return found


class ReadTest(ChannelTest):
    maxDiff = None

    def wait_for_children(self, expected: bool) -> bool:
        """Waits until there is a child process, or none, at most 30 seconds."""
        deadline = time.monotonic() + 30
        while bool(children(self.config)) != expected and time.monotonic() < deadline:
            time.sleep(0.02)
        return bool(children(self.config)) == expected

    def test_six_channels_are_six_partitions_with_every_record(self) -> None:
        names = [f"shop-{number}" for number in range(6)]
        for number, name in enumerate(names):
            url = self.emulate(f"--contacts={100 * number}", f"--seed={number + 1}")
            self.configure((name, url))
        frame = self.load()
        self.assertEqual(frame.rdd.getNumPartitions(), 6)
        rows = frame.collect()
        self.assertEqual(len(rows), 1500)
        expected = [{"channel": name, **record} for name in names for record in self.export(name)]
        self.assertEqual([without_absent(row) for row in rows], expected)

    def test_options_reach_the_child(self) -> None:
        for name in ("shop", "office", "home"):
            self.configure((name, self.emulate("--contacts=150", "--today=2026-11-30")), tags=[name[:1]])
        frame = self.load(tags="o", channels="home", only="saved", kind="phone", reasons="true", resolve_lids="true")
        flags = ("--only=saved", "--kind=phone", "--reasons", "--resolve-lids")
        expected = [{"channel": name, **record} for name in ("home", "office") for record in self.export(name, *flags)]
        rows = [row.asDict(recursive=True) for row in frame.collect()]
        self.assertEqual([{name: row[name] for name in record} for row, record in zip(rows, expected)], expected)
        self.assertEqual(len(rows), len(expected))
        groups = [group for row in rows for group in row["reasons"]["groups"]]
        self.assertTrue(groups and any(row["other_id"] for row in rows))

    def test_an_incomplete_channel_fails_the_job_unless_it_is_allowed(self) -> None:
        self.configure(("shop", self.emulate("--contacts=50")))
        self.configure(("office", self.emulate("--contacts=50", "--total-off=5")))
        why = "warning: contacts may be missing: the Whapi API says that there are 55 contacts but lists 5 fewer"
        self.assertEqual(
            self.error(),
            f"channel `office` is incomplete: whapi ended with exit code 3: {why}; the option `allow_incomplete` "
            "delivers what there is",
        )
        self.assertEqual(self.load(allow_incomplete="true").count(), 100)
        options = {"config": str(self.config), "whapi": WHAPI, "allow_incomplete": "true"}
        source = WhapiDataSource(options)
        with self.assertLogs("whapi_spark", "WARNING") as logs:
            batches = list(source.reader(source.schema()).read(Channel("office")))
        self.assertEqual(sum(batch.num_rows for batch in batches), 50)
        message = f"channel `office` is incomplete: whapi ended with exit code 3: {why}"
        self.assertEqual([record.getMessage() for record in logs.records], [message])

    def test_a_channel_that_fails_always_fails_the_job(self) -> None:
        self.configure(("shop", self.emulate("--contacts=50")))
        self.configure(("office", self.emulate("--contacts=50", "--token=other")))
        path = self.folder / "2.token"
        for allow_incomplete in ("false", "true"):
            message = self.error(allow_incomplete=allow_incomplete)
            self.assertEqual(
                message,
                "channel `office`: whapi ended with exit code 4: error: the Whapi API knows no channel for this token "
                f"(404): Not Found: channel not found; check the token from the file `{path}` (by channel `office`) "
                "and the address of the API",
            )

    def test_a_program_that_is_not_there_fails_the_job(self) -> None:
        self.configure(("shop", "http://127.0.0.1:1"))
        absent = self.folder / "absent"
        self.assertEqual(
            self.error(whapi=str(absent)),
            f"channel `shop`: could not run `{absent}` on this executor: No such file or directory; install whapi "
            "there, or let the option `whapi` name its path",
        )

    def test_a_token_is_refused_by_load_and_stands_in_no_message(self) -> None:
        self.configure(("shop", "http://127.0.0.1:1"))
        for options in ({"access_token": MADE_UP}, {"only": MADE_UP}, {MADE_UP: "1"}, {"channels": MADE_UP}):
            with self.assertRaises(Exception) as caught:
                self.load(**options)
            text = str(caught.exception)
            self.assertIn("whapi_spark.errors.WhapiError: ", text)
            self.assertNotIn(MADE_UP.lower(), text.lower())

    def test_a_view_in_sql(self) -> None:
        self.configure(("shop", self.emulate("--contacts=30")))
        options = f"OPTIONS (config '{self.config}', whapi '{WHAPI}', only 'saved')"
        spark().sql(f"CREATE OR REPLACE TEMPORARY VIEW shop USING whapi {options}")
        found = [row.id for row in spark().sql("SELECT id FROM shop WHERE channel = 'shop'").collect()]
        self.assertEqual(found, [record["id"] for record in self.export("shop", "--only=saved")])

    def test_other_columns_are_refused(self) -> None:
        self.configure(("shop", "http://127.0.0.1:1"))
        reader = spark().read.format("whapi").options(config=str(self.config), whapi=WHAPI)
        with self.assertRaises(Exception) as caught:
            reader.schema("id STRING").load().collect()
        message = "WhapiError: the columns are always the same; leave out schema(), and select what you need\n"
        self.assertEqual(str(caught.exception).count(message), 1, str(caught.exception))

    def test_hostile_texts_stay_exact(self) -> None:
        with saved_answer() as (url, names):
            self.configure(("Shop_-2", url))
            rows = self.load().collect()
            self.assertEqual(
                [without_absent(row) for row in rows],
                [{"channel": "Shop_-2", **record} for record in self.export("Shop_-2")],
            )
        self.assertEqual([(row["name"], row["pushname"]) for row in rows], names)

    def test_hostile_names_of_channels_are_refused_before_anything_starts(self) -> None:
        self.configure(("'; DROP TABLE contacts\n\U0001f98a", "http://127.0.0.1:1"))
        rule = "a name has at most 30 letters from a to z, digits, `-` and `_`"
        self.assertEqual(self.error(), f"`{self.config}` has a channel whose name is none; {rule}")

    def test_a_limit_leaves_no_child_behind(self) -> None:
        self.configure(("shop", self.emulate("--contacts=30000")))
        self.assertEqual(len(self.load().limit(10).collect()), 10)
        self.assertTrue(self.wait_for_children(False), children(self.config))

    def test_a_cancelled_job_leaves_no_child_behind(self) -> None:
        self.configure(("shop", self.emulate("--contacts=50", "--latency-ms=600000")))
        errors: list[BaseException] = []

        def read() -> None:
            try:
                self.load().count()
            except Exception as error:
                errors.append(error)

        reading = threading.Thread(target=read)
        reading.start()
        self.assertTrue(self.wait_for_children(True))
        spark().sparkContext.cancelAllJobs()
        reading.join(60)
        self.assertEqual(len(errors), 1)
        self.assertTrue(self.wait_for_children(False), children(self.config))


@contextmanager
def saved_answer() -> Iterator[tuple[str, list[tuple[str | None, str | None]]]]:
    """Serves the contacts of a fixture, whose names are hostile, and returns the address and the names."""
    text = (REPOSITORY / "fixtures/nasty.ndjson").read_text("utf-8")
    contacts = [contact for line in text.split("\n")[:-1] for contact in json.loads(line)["contacts"]]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            count, offset = (int(parse_qs(address.query).get(name, ["0"])[0]) for name in ("count", "offset"))
            page = contacts[offset : offset + count]
            answer = {"contacts": page, "count": len(page), "total": len(contacts), "offset": offset}
            body = json.dumps(answer).encode()
            self.send_response(200 if address.path == "/contacts" else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        names = [(contact.get("name"), contact.get("pushname")) for contact in contacts]
        yield f"http://127.0.0.1:{server.server_port}", names
        server.shutdown()


class DatasetTest(ChannelTest):
    """DuckDB and Spark give equal answers over a dataset of 300 partitions."""

    def test_counts(self) -> None:
        import duckdb

        root = self.folder / "contacts.dataset"
        command = [WHAPI, "export", "--demo", "--demo-channels=300", "-f", "dataset", "-o", str(root), "-q"]
        subprocess.run(command, check=True)
        self.assertEqual(len(list(root.glob("dt=*/channel=*/part-0.jsonl"))), 300)
        queries = (
            "SELECT count(*), count(DISTINCT id), count(DISTINCT channel) FROM contacts",
            "SELECT channel, standing, count(*) FROM contacts GROUP BY ALL ORDER BY ALL",
        )
        duck = duckdb.connect()
        columns = "{'id': 'VARCHAR', 'standing': 'VARCHAR'}"
        files = f"read_json('{root}/dt=*/channel=*/*.jsonl', hive_partitioning = true, columns = {columns})"
        duck.execute(f"CREATE VIEW contacts AS SELECT * FROM {files}")
        schema = "id STRING, standing STRING, dt DATE, channel STRING"
        spark().read.schema(schema).json(str(root)).createOrReplaceTempView("contacts")
        by_duck = [duck.execute(query).fetchall() for query in queries]
        by_spark = [[tuple(row) for row in spark().sql(query).collect()] for query in queries]
        self.assertEqual(by_spark, by_duck)
        self.assertEqual((by_duck[0][0][0], by_duck[0][0][2]), (300 * 1317, 300))
