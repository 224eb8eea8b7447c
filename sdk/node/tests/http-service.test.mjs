/** The example `http-service` against a real HTTP server. */

import assert from "node:assert/strict";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";

import { ABORT, EXAMPLES, FINISH, batch, begin, folder, person, start } from "./support.mjs";

const TOKEN = "made-up-token";
const OLD = { id: "447700900099" };
/** In place of a status: an answer that is no HTTP. */
const GARBAGE = 0;

/** A list of contacts, and runs that are hidden until their commit. */
class Service {
  contacts = { [OLD.id]: OLD };
  runs = {};
  requests = [];
  faults = {};

  constructor() {
    this.server = http.createServer(async (request, response) => {
      const name = `${request.method} ${request.url}`;
      this.requests.push(name);
      const body = JSON.parse((await text(request)) || "null");
      let [status, answer] = [this.faults[name], { message: "made-up reason" }];
      if (request.headers.authorization !== `Bearer ${TOKEN}`) status = 401;
      if (status === GARBAGE) return void request.socket.end("garbage\r\n\r\n");
      if (status === undefined) [status, answer] = this.answer(request.method, request.url, body);
      const headers = status === 302 ? { Location: `${this.url}/elsewhere` } : {};
      response.writeHead(status, headers).end(answer && JSON.stringify(answer));
    });
  }

  get url() {
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  answer(method, url, body) {
    if (method === "GET" && url === "/contacts") return [200, { count: Object.keys(this.contacts).length }];
    if (method === "POST" && url === "/runs") {
      this.runs["a/7"] = [];
      return [201, { id: "a/7" }];
    }
    const [, , id, ...rest] = url.split("/");
    const run = this.runs[decodeURIComponent(id)];
    if (run === undefined) return [404, {}];
    if (method === "PUT" && rest.join("/") === `batches/${run.length + 1}`) {
      run.push(body);
      return [204, undefined];
    }
    if (method === "POST" && rest[0] === "commit") {
      const added = Object.fromEntries(run.flat().map((contact) => [contact.id, contact]));
      this.contacts = body.complete ? added : { ...this.contacts, ...added };
    }
    this.runs = {};
    return [200, {}];
  }
}

/** Starts the service and the exporter. */
async function prepare(t) {
  const service = new Service();
  service.server.listen(0, "127.0.0.1");
  await once(service.server, "listening");
  t.after(() => service.server.closeAllConnections());
  t.after(() => service.server.close());
  const tokenFile = path.join(folder(t), "token");
  fs.writeFileSync(tokenFile, `${TOKEN}\n`);
  const child = start(t, path.join(EXAMPLES, "http-service.mjs"));
  await child.receive();
  const options = { url: service.url, token_file: tokenFile };
  return { service, tokenFile, child, begin: (fields) => child.ask(begin({ options, ...fields })), options };
}

async function checkError(child, answer, kind, message) {
  assert.deepEqual(answer, { type: "error", kind, message });
  assert.deepEqual(await child.ended(), [1, ""]);
}

test("nothing is visible before the commit", async (t) => {
  const { service, child, begin } = await prepare(t);
  assert.deepEqual(await begin(), { type: "ready" });
  const first = batch(1, person(1, "Ada"), person(2, "Bo"), person(3, "gus", { phone: null }));
  const skipped = [{ id: "447700900003", reason: "no phone number" }];
  assert.deepEqual(await child.ask(first), { type: "ack", seq: 1, written: 2, skipped });
  assert.equal((await child.ask(batch(2, person(4)))).written, 1);
  assert.deepEqual(service.contacts, { [OLD.id]: OLD });
  const destination = `${service.url}/contacts`;
  const done = { type: "done", written: 3, skipped: 1, destination, warnings: [] };
  assert.deepEqual(await child.ask(FINISH), done);
  assert.deepEqual(await child.ended(), [0, ""]);
  const names = Object.values(service.contacts).map(({ id, name }) => [id, name]);
  assert.deepEqual(names.sort(), [["447700900001", "Ada"], ["447700900002", "Bo"], ["447700900004", "Ada"]]);
  const paths = ["PUT /runs/a%2F7/batches/1", "PUT /runs/a%2F7/batches/2", "POST /runs/a%2F7/commit"];
  assert.deepEqual(service.requests, ["GET /contacts", "POST /runs", ...paths]);
});

test("an incomplete list removes nothing", async (t) => {
  const { service, child, begin } = await prepare(t);
  await begin();
  await child.ask(batch(1, person(1)));
  const done = await child.ask({ type: "finish", complete: false, reasons: ["the list kept changing"] });
  const warning = "no contact was removed from the service, since the list is incomplete";
  assert.deepEqual(done.warnings, [warning]);
  assert.deepEqual(Object.keys(service.contacts).sort(), ["447700900001", OLD.id]);
});

for (const [name, end] of [
  ["an abort", (child) => (child.send(ABORT), child.ended())],
  ["the end of the input", (child) => child.ended({ close: true })],
]) {
  test(`${name} leaves nothing`, async (t) => {
    const { service, child, begin } = await prepare(t);
    await begin();
    await child.ask(batch(1, person(1)));
    assert.equal(Object.keys(service.runs).length, 1);
    assert.deepEqual(await end(child), [0, ""]);
    assert.deepEqual([service.runs, service.contacts], [{}, { [OLD.id]: OLD }]);
  });
}

test("a token that is refused", async (t) => {
  const { service, tokenFile, child, begin } = await prepare(t);
  fs.writeFileSync(tokenFile, "another-token");
  await checkError(child, await begin(), "auth", "the service refused the token (HTTP 401)");
  assert.deepEqual([service.requests, service.runs], [["GET /contacts"], {}]);
});

test("a token file that is not there", async (t) => {
  const { service, tokenFile, child, begin } = await prepare(t);
  fs.rmSync(tokenFile);
  await checkError(child, await begin(), "auth", "could not read the file of option `token_file`");
  assert.deepEqual(service.requests, []);
});

test("a quota that is used up leaves nothing and is not tried again", async (t) => {
  const { service, child, begin } = await prepare(t);
  service.faults["PUT /runs/a%2F7/batches/1"] = 429;
  await begin();
  const message = "the service takes no more requests now (HTTP 429)";
  await checkError(child, await child.ask(batch(1, person(1))), "quota", message);
  const paths = ["GET /contacts", "POST /runs", "PUT /runs/a%2F7/batches/1", "DELETE /runs/a%2F7"];
  assert.deepEqual([service.requests, service.runs], [paths, {}]);
});

test("a commit that fails leaves nothing", async (t) => {
  const { service, child, begin } = await prepare(t);
  service.faults["POST /runs/a%2F7/commit"] = 500;
  await begin();
  await child.ask(batch(1, person(1)));
  await checkError(child, await child.ask(FINISH), "destination", "the service failed (HTTP 500)");
  assert.deepEqual([service.runs, service.contacts], [{}, { [OLD.id]: OLD }]);
});

for (const [status, message] of [
  [302, "the service failed (HTTP 302)"],
  [GARBAGE, "the service does not answer as it should"],
]) {
  test(`the answer ${status} at the beginning`, async (t) => {
    const { service, child, begin } = await prepare(t);
    service.faults["GET /contacts"] = status;
    await checkError(child, await begin(), "destination", message);
    assert.deepEqual(service.requests, ["GET /contacts"]);
  });
}

test("a service that is not there", async (t) => {
  const { child, begin, options } = await prepare(t);
  const answer = await begin({ options: { ...options, url: "http://127.0.0.1:1" } });
  await checkError(child, answer, "destination", "the service does not answer as it should");
});

test("http to another machine is refused", async (t) => {
  const { child, begin, options } = await prepare(t);
  const answer = await begin({ options: { ...options, url: "http://contacts.example" } });
  await checkError(child, answer, "options", "option `url`: only https, and http on this machine");
});

test("a dry run asks how many there are and writes nothing", async (t) => {
  const { service, child, begin } = await prepare(t);
  await begin({ dry_run: true, expected: 9 });
  assert.deepEqual((await child.ask(FINISH)).forecast, { contacts: 9, "contacts there now": 1 });
  assert.deepEqual(await child.ended(), [0, ""]);
  assert.deepEqual(service.requests, ["GET /contacts"]);
});

test("a dry run with contacts writes nothing", async (t) => {
  const { service, child, begin } = await prepare(t);
  await begin({ dry_run: true, expected: 9 });
  await child.ask(batch(1, person(1), person(2, "gus", { phone: null })));
  const done = await child.ask(FINISH);
  assert.deepEqual([done.written, done.skipped], [1, 1]);
  assert.deepEqual(done.forecast, { contacts: 1, "contacts there now": 1 });
  assert.deepEqual(service.requests, ["GET /contacts"]);
});
