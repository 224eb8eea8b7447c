"""Who loses contacts when the list moves while it is read?

Starts the emulated API once for each peer and script, lets the peer read all contacts, and counts
the contacts that were there before and after, so all the time, but are missing from what the peer
read. Prints a Markdown table. A peer that is not installed is skipped by name.

    cargo build --package whapi-cli
    bench/peers/install.sh
    bench/peers/.venv/bin/python bench/peers/losses.py target/debug/whapi
"""

import json
import logging
import os
import subprocess
import sys
import tempfile
import urllib.request
from importlib import metadata

TOKEN = "demo-token"
CONTACTS = 1317

SCRIPTS = [
    ("nothing moves", []),
    ("3 of 1,317 removed during the second page", ["--remove", "3"]),
    ("3 removed and 3 added, total unchanged", ["--remove", "3", "--append", "3"]),
    ("4 inserted at the front", ["--insert", "4"]),
    ("pages capped at 100 although 500 are asked", ["--page-cap", "100"]),
    ("every 2nd answer cut in half", ["--fault-every", "2", "--fault", "cut"]),
]


def ask(base, offset, count=500):
    request = urllib.request.Request(
        f"{base}/contacts?count={count}&offset={offset}",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def plain_loop(base, _whapi):
    """The loop anyone writes first: stop at a page that is shorter than asked."""
    found, offset = [], 0
    while True:
        page = ask(base, offset)["contacts"]
        found += [contact["id"] for contact in page]
        offset += len(page)
        if len(page) < 500:
            return found


def dlt(base, _whapi):
    from dlt.sources.helpers.rest_client import RESTClient
    from dlt.sources.helpers.rest_client.auth import BearerTokenAuth
    from dlt.sources.helpers.rest_client.paginators import OffsetPaginator

    client = RESTClient(
        base_url=base,
        auth=BearerTokenAuth(TOKEN),
        paginator=OffsetPaginator(limit=500, limit_param="count", total_path="total"),
        data_selector="contacts",
    )
    return [contact["id"] for page in client.paginate("/contacts") for contact in page]


AIRBYTE = """
version: 7.0.0
type: DeclarativeSource
check: {{type: CheckStream, stream_names: [contacts]}}
streams:
  - type: DeclarativeStream
    name: contacts
    primary_key: [id]
    schema_loader:
      type: InlineSchemaLoader
      schema: {{type: object, additionalProperties: true, properties: {{id: {{type: string}}}}}}
    retriever:
      type: SimpleRetriever
      record_selector:
        type: RecordSelector
        extractor: {{type: DpathExtractor, field_path: [contacts]}}
      requester:
        type: HttpRequester
        url_base: "{base}"
        path: /contacts
        http_method: GET
        authenticator: {{type: BearerAuthenticator, api_token: "{token}"}}
      paginator:
        type: DefaultPaginator
        page_token_option: {{type: RequestOption, inject_into: request_parameter, field_name: offset}}
        page_size_option: {{type: RequestOption, inject_into: request_parameter, field_name: count}}
        pagination_strategy: {{type: OffsetIncrement, page_size: 500}}
spec:
  type: Spec
  connection_specification: {{type: object, properties: {{}}}}
"""


def airbyte(base, _whapi):
    import yaml
    from airbyte_cdk.models import (
        AirbyteStream,
        ConfiguredAirbyteCatalog,
        ConfiguredAirbyteStream,
        DestinationSyncMode,
        SyncMode,
    )
    from airbyte_cdk.sources.declarative.concurrent_declarative_source import (
        ConcurrentDeclarativeSource,
    )

    catalog = ConfiguredAirbyteCatalog(
        streams=[
            ConfiguredAirbyteStream(
                stream=AirbyteStream(
                    name="contacts", json_schema={}, supported_sync_modes=[SyncMode.full_refresh]
                ),
                sync_mode=SyncMode.full_refresh,
                destination_sync_mode=DestinationSyncMode.overwrite,
            )
        ]
    )
    source = ConcurrentDeclarativeSource(
        catalog=catalog,
        config={},
        state=[],
        source_config=yaml.safe_load(AIRBYTE.format(base=base, token=TOKEN)),
    )
    found = []
    logging.disable(logging.CRITICAL)
    for message in source.read(logging.getLogger("airbyte"), {}, catalog, []):
        if message.record:
            found.append(message.record.data["id"])
    return found


def whapi_export(base, whapi):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "contacts.csv")
        command = [whapi, "export", "--format", "csv", "--set", "columns=id", "--output", path, "--quiet"]
        environment = dict(os.environ, WHAPI_TOKEN=TOKEN, WHAPI_BASE_URL=base)
        code = subprocess.run(command, env=environment, check=False).returncode
        if code != 0:
            raise RuntimeError(f"exit {code}")
        with open(path, encoding="utf-8", newline="") as file:
            return file.read().split("\r\n")[1:-1]


PEERS = [
    ("plain loop, 500 a page", None, plain_loop),
    ("dlt", "dlt", dlt),
    ("Airbyte CDK", "airbyte-cdk", airbyte),
    ("whapi export", None, whapi_export),
]


def read_carefully(base):
    """The whole list, while nothing moves."""
    found = []
    while True:
        page = ask(base, len(found), 100)["contacts"]
        found += [contact["id"] for contact in page]
        if not page:
            return found


def run(whapi, arguments, peer):
    """What a peer lost under a script, or how it failed."""
    with subprocess.Popen(
        [whapi, "emulate", "--contacts", str(CONTACTS), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as emulator, subprocess.Popen(
        [whapi, "emulate", "--contacts", str(CONTACTS)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as still:
        try:
            base = emulator.stdout.readline().strip()
            before = set(read_carefully(still.stdout.readline().strip()))
            try:
                found = peer(base, whapi)
            except Exception as error:  # A peer may fail in any way it likes.
                return f"failed: {type(error).__name__}"
            # An API that spoils answers does not move, and cannot be read carefully.
            after = before if "--fault-every" in arguments else set(read_carefully(base))
            lost = len((before & after) - set(found))
            return f"{lost:,} lost" if lost else "none lost"
        finally:
            emulator.terminate()
            still.terminate()


def main():
    whapi = sys.argv[1]
    peers = []
    for name, package, peer in PEERS:
        try:
            version = f" {metadata.version(package)}" if package else ""
        except metadata.PackageNotFoundError:
            print(f"skipped: {name} is not installed", file=sys.stderr)
            continue
        peers.append((name + version, peer))
    print("| script | " + " | ".join(name for name, _ in peers) + " |")
    print("| --- |" + " --- |" * len(peers))
    for title, arguments in SCRIPTS:
        results = [run(whapi, arguments, peer) for _, peer in peers]
        print(f"| {title} | " + " | ".join(results) + " |", flush=True)


main()
