"""The example `http_service` against a real HTTP server."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, List, Tuple

from support import ABORT, EXAMPLES, FINISH, ChildTest, Message, batch, begin, person

TOKEN = "made-up-token"
GARBAGE = 0  # in place of a status: an answer that is no HTTP


class Service(ThreadingHTTPServer):
    """A list of contacts, and runs that are hidden until their commit."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.contacts: Dict[str, Any] = {"447700900099": {"id": "447700900099"}}
        self.runs: Dict[str, Dict[str, Any]] = {}
        self.requests: List[str] = []
        self.faults: Dict[str, int] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, method: str, path: str, body: Any) -> Tuple[int, Any]:
        """Returns the status and the body of an answer."""
        parts = path.strip("/").split("/")
        if (method, path) == ("GET", "/contacts"):
            return 200, {"count": len(self.contacts)}
        if (method, path) == ("POST", "/runs"):
            self.runs["a/7"] = {}
            return 201, {"id": "a/7"}
        run = self.runs.get(parts[1].replace("%2F", "/")) if len(parts) > 1 else None
        if run is None:
            return 404, {}
        if method == "PUT" and parts[2:] == ["batches", str(len(run) + 1)]:
            run[parts[3]] = body
            return 204, None
        if method == "POST" and parts[2:] == ["commit"]:
            new = {contact["id"]: contact for part in run.values() for contact in part}
            self.contacts = new if body["complete"] else {**self.contacts, **new}
        self.runs.clear()
        return 200, {}


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length) or b"null")
        name = f"{self.command} {self.path}"
        self.server.requests.append(name)
        status = self.server.faults.get(name)
        answer: Any = {"message": "made-up reason"}
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            status = 401
        if status is None:
            status, answer = self.server.answer(self.command, self.path, body)
        if status == GARBAGE:
            self.wfile.write(b"garbage\r\n\r\n")
            return
        data = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"{self.server.url}/elsewhere")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_DELETE = do

    def log_message(self, format: str, *args: Any) -> None:
        pass


class HttpService(ChildTest):
    def setUp(self) -> None:
        super().setUp()
        self.service = Service()
        thread = threading.Thread(target=self.service.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.service.server_close)
        self.addCleanup(self.service.shutdown)
        self.token_file = self.folder / "token"
        self.token_file.write_text(TOKEN + "\n")
        self.child = self.start(EXAMPLES / "http_service.py")
        self.child.receive()

    def begin(self, **fields: Any) -> Message:
        """Sends `begin` and returns the answer."""
        options = {"url": self.service.url, "token_file": str(self.token_file)}
        self.child.send(begin(**{"options": options, **fields}))
        return self.child.receive()

    def ask(self, message: Message) -> Message:
        self.child.send(message)
        return self.child.receive()

    def check_error(self, answer: Message, kind: str, message: str) -> None:
        self.assertEqual(answer, {"type": "error", "kind": kind, "message": message})
        self.assertEqual((self.child.ended(), self.child.log()), (1, ""))

    def test_nothing_is_visible_before_the_commit(self) -> None:
        before = dict(self.service.contacts)
        self.assertEqual(self.begin(), {"type": "ready"})
        skipped = [{"id": "447700900003", "reason": "no phone number"}]
        first = batch(1, person(1, "Ada"), person(2, "Bo"), person(3, phone=None))
        self.assertEqual(self.ask(first), {"type": "ack", "seq": 1, "written": 2, "skipped": skipped})
        self.assertEqual(self.ask(batch(2, person(4)))["written"], 1)
        self.assertEqual(self.service.contacts, before)
        destination = f"{self.service.url}/contacts"
        done = {"type": "done", "written": 3, "skipped": 1, "destination": destination, "warnings": []}
        self.assertEqual(self.ask(FINISH), done)
        self.assertEqual((self.child.ended(), self.child.log()), (0, ""))
        names = {key: contact["name"] for key, contact in self.service.contacts.items()}
        self.assertEqual(names, {"447700900001": "Ada", "447700900002": "Bo", "447700900004": "Ada"})
        paths = ["PUT /runs/a%2F7/batches/1", "PUT /runs/a%2F7/batches/2", "POST /runs/a%2F7/commit"]
        self.assertEqual(self.service.requests, ["GET /contacts", "POST /runs", *paths])

    def test_an_incomplete_list_removes_nothing(self) -> None:
        self.begin()
        self.ask(batch(1, person(1)))
        done = self.ask({"type": "finish", "complete": False, "reasons": ["the list kept changing"]})
        warning = "no contact was removed from the service, since the list is incomplete"
        self.assertEqual(done["warnings"], [warning])
        self.assertEqual(sorted(self.service.contacts), ["447700900001", "447700900099"])

    def test_an_abort_leaves_nothing(self) -> None:
        before = dict(self.service.contacts)
        self.begin()
        self.ask(batch(1, person(1)))
        self.assertEqual(len(self.service.runs), 1)
        self.child.send(ABORT)
        self.assertEqual((self.child.ended(), self.child.log()), (0, ""))
        self.assertEqual((self.service.runs, self.service.contacts), ({}, before))

    def test_the_end_of_the_input_leaves_nothing(self) -> None:
        before = dict(self.service.contacts)
        self.begin()
        self.ask(batch(1, person(1)))
        self.assertEqual(self.child.ended(close=True), 0)
        self.assertEqual((self.service.runs, self.service.contacts), ({}, before))

    def test_a_token_that_is_refused(self) -> None:
        self.token_file.write_text("another-token")
        self.check_error(self.begin(), "auth", "the service refused the token (HTTP 401)")
        self.assertEqual((self.service.requests, self.service.runs), (["GET /contacts"], {}))

    def test_a_token_file_that_is_not_there(self) -> None:
        self.token_file.unlink()
        self.check_error(self.begin(), "auth", "could not read the file of option `token_file`")
        self.assertEqual(self.service.requests, [])

    def test_a_quota_that_is_used_up_leaves_nothing_and_is_not_tried_again(self) -> None:
        self.service.faults["PUT /runs/a%2F7/batches/1"] = 429
        self.begin()
        message = "the service takes no more requests now (HTTP 429)"
        self.check_error(self.ask(batch(1, person(1))), "quota", message)
        paths = ["GET /contacts", "POST /runs", "PUT /runs/a%2F7/batches/1", "DELETE /runs/a%2F7"]
        self.assertEqual((self.service.requests, self.service.runs), (paths, {}))

    def test_a_commit_that_fails_leaves_nothing(self) -> None:
        before = dict(self.service.contacts)
        self.service.faults["POST /runs/a%2F7/commit"] = 500
        self.begin()
        self.ask(batch(1, person(1)))
        self.check_error(self.ask(FINISH), "destination", "the service failed (HTTP 500)")
        self.assertEqual((self.service.runs, self.service.contacts), ({}, before))

    def test_a_redirect_is_not_followed(self) -> None:
        self.service.faults["GET /contacts"] = 302
        self.check_error(self.begin(), "destination", "the service failed (HTTP 302)")
        self.assertEqual(self.service.requests, ["GET /contacts"])

    def test_a_service_that_is_not_there(self) -> None:
        options = {"url": "http://127.0.0.1:1", "token_file": str(self.token_file)}
        answer = self.begin(options=options)
        self.check_error(answer, "destination", "the service does not answer as it should")

    def test_an_answer_that_is_no_http(self) -> None:
        self.service.faults["GET /contacts"] = GARBAGE
        self.check_error(self.begin(), "destination", "the service does not answer as it should")

    def test_http_to_another_machine_is_refused(self) -> None:
        options = {"url": "http://contacts.example", "token_file": str(self.token_file)}
        answer = self.begin(options=options)
        self.check_error(answer, "options", "option `url`: only https, and http on this machine")

    def test_a_dry_run_asks_how_many_there_are_and_writes_nothing(self) -> None:
        self.begin(dry_run=True, expected=9)
        self.assertEqual(self.ask(FINISH)["forecast"], {"contacts": 9, "contacts there now": 1})
        self.assertEqual(self.child.ended(), 0)
        self.assertEqual(self.service.requests, ["GET /contacts"])

    def test_a_dry_run_with_contacts_writes_nothing(self) -> None:
        self.begin(dry_run=True, expected=9)
        self.ask(batch(1, person(1), person(2, phone=None)))
        done = self.ask(FINISH)
        self.assertEqual((done["written"], done["skipped"]), (1, 1))
        self.assertEqual(done["forecast"], {"contacts": 1, "contacts there now": 1})
        self.assertEqual(self.service.requests, ["GET /contacts"])
