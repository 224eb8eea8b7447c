#!/usr/bin/env python3
"""Sends contacts to an HTTP service that shows them after the commit only.

The service is a small one of our own, as a pattern for others; the tests have it. It has a list of
contacts, and a run is a hidden copy until it is committed:

    GET    /contacts             how many contacts the list has
    POST   /runs                 opens a run, and answers with its id
    PUT    /runs/ID/batches/N    stages a batch
    POST   /runs/ID/commit       makes the list the one of the run
    DELETE /runs/ID              discards the run
"""

import http.client
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional
from urllib.parse import quote, urlsplit

from whapi_exporter import Contact, End, Exporter, ExporterError, Run, Skip, Text

TIMEOUT_SECONDS = 30
ANSWER_LIMIT = 1024 * 1024
Record = Dict[str, Optional[str]]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token stays with the host that it is for."""

    def redirect_request(self, *args: Any) -> None:
        return None


class HttpService(Exporter[Record]):
    name, version, summary = "http-service", "1.0.0", "a list of an HTTP service"
    needs, max_batch = ["phone", "display_name"], 200
    url = Text("URL", "the address of the service", required=True)
    token_file = Text("FILE", "a file that holds the token", required=True)

    def check(self, run: Run) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
            raise ExporterError("options", "option `url`: only https, and http on this machine")
        try:
            self._token = Path(self.token_file).read_text("ascii").strip()
        except (OSError, ValueError) as error:
            raise ExporterError("auth", "could not read the file of option `token_file`") from error
        self._expected = run.expected
        self._there = self._count_of(self._request("GET", "/contacts"), "count")
        self._sent = self._batches = 0
        self.destination = self.url + "/contacts"

    def begin(self, run: Run) -> None:
        answer = self._request("POST", "/runs")
        if not isinstance(answer.get("id"), str):
            raise ExporterError("destination", "the service opened a run without an id")
        self._run = "/runs/" + quote(answer["id"], safe="")

    def contact(self, contact: Contact) -> Record:
        if contact["phone"] is None:
            raise Skip("no phone number")
        self._sent += 1
        return {"id": contact["id"], "phone": contact["phone"], "name": contact["display_name"]}

    def batch(self, records: List[Record]) -> None:
        self._batches += 1
        self._request("PUT", f"{self._run}/batches/{self._batches}", records)

    def finish(self, end: End) -> None:
        # The service keeps what is missing in an incomplete list.
        self._request("POST", f"{self._run}/commit", {"complete": end.complete})
        if not end.complete:
            self.warn("no contact was removed from the service, since the list is incomplete")

    def abort(self) -> None:
        self._request("DELETE", self._run)

    def forecast(self, end: End) -> Mapping[str, int]:
        return {"contacts": self._sent or self._expected or 0, "contacts there now": self._there}

    def _request(self, method: str, path: str, body: object = None) -> Dict[str, Any]:
        """Sends one request, once: a request that may have been carried out is not repeated."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.build_opener(NoRedirect).open(request, timeout=TIMEOUT_SECONDS) as answer:
                found = json.loads(answer.read(ANSWER_LIMIT) or b"{}")
        except urllib.error.HTTPError as error:
            raise self._refusal(error.code) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ExporterError("destination", "the service does not answer as it should") from error
        return found if isinstance(found, dict) else {}

    def _refusal(self, status: int) -> ExporterError:
        if status in (401, 403):
            return ExporterError("auth", f"the service refused the token (HTTP {status})")
        if status == 429:
            return ExporterError("quota", "the service takes no more requests now (HTTP 429)")
        return ExporterError("destination", f"the service failed (HTTP {status})")

    def _count_of(self, answer: Dict[str, Any], key: str) -> int:
        count = answer.get(key)
        if not isinstance(count, int):
            raise ExporterError("destination", "the service does not answer as it should")
        return count


if __name__ == "__main__":
    HttpService.main()
