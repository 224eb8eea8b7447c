/** What the tests share: a child process to talk to, and the schema that every message has to match. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const SDK = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const REPOSITORY = path.join(SDK, "..", "..");
export const RECORDINGS = path.join(REPOSITORY, "crates/whapi-export-program/tests/conversations/v1");
export const PROGRAMS = path.join(SDK, "tests", "programs");
export const EXAMPLES = path.join(SDK, "examples");
const SDK_ADDRESS = pathToFileURL(path.join(SDK, "whapi-exporter.mjs"));

const validators = await import("ajv/dist/2020.js").then(
  ({ default: { Ajv2020 } }) => validatorsBy(Ajv2020),
  () => {
    if (process.env.WHAPI_REQUIRE_READERS) throw new Error("the tests need ajv: npm ci");
    console.error("SKIPPED: no ajv here, so messages are not compared with the schema");
  },
);

function validatorsBy(Ajv) {
  const docs = path.join(REPOSITORY, "docs");
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const files = ["protocol/exporter-v1.schema.json", "mapping/jsonl.schema.json"];
  for (const file of files) {
    ajv.addSchema(JSON.parse(fs.readFileSync(path.join(docs, file), "utf8")), `file:///${file}`);
  }
  const of = (side) => ajv.compile({ $ref: `file:///${files[0]}#/$defs/${side}` });
  return { host: of("host"), program: of("program") };
}

/** Fails unless the schema allows this message to this side. */
export function validate(side, message) {
  const validator = validators?.[side];
  if (validator && !validator(message)) {
    assert.fail(`${JSON.stringify(message)}: ${JSON.stringify(validator.errors)}`);
  }
}

/** The message `begin` of a plain run. */
export function begin(fields = {}) {
  const facts = { reasons: false, links: false, changes: false };
  const run = { started_at: "2026-11-30T12:00:00Z", source: "https://gate.whapi.cloud", facts };
  const plain = { options: {}, staging: null, expected: null, dry_run: false, run };
  return { type: "begin", v: 1, ...plain, ...fields };
}

export const FINISH = { type: "finish", complete: true, reasons: [] };
export const ABORT = { type: "abort" };

/** The message `batch`. */
export function batch(seq, ...contacts) {
  return { type: "batch", seq, contacts };
}

/** A contact with the keys `phone` and `display_name`. */
export function person(number, displayName = "Ada", fields = {}) {
  const digits = `447700900${String(number).padStart(3, "0")}`;
  return { id: digits, phone: `+${digits}`, display_name: displayName, ...fields };
}

/** A program, over real pipes. Every message of both sides is compared with the schema. */
export class Child {
  log = "";

  constructor(script) {
    const options = { detached: true, stdio: "pipe", timeout: 60_000, killSignal: "SIGKILL" };
    this.process = spawn(process.execPath, [script], options);
    this.process.stderr.setEncoding("utf8").on("data", (text) => (this.log += text));
    // A program that has ended does not read.
    this.process.stdin.on("error", () => {});
    this.lines = linesOf(this.process.stdout.setEncoding("utf8"));
    this.closed = new Promise((resolve) => {
      this.process.on("close", (status, signal) => resolve(status ?? signal));
    });
  }

  send(message) {
    validate("host", message);
    this.sendLine(JSON.stringify(message));
  }

  sendLine(line) {
    this.process.stdin.write(Buffer.concat([Buffer.from(line), Buffer.from("\n")]));
  }

  async receive() {
    const { value, done } = await this.lines.next();
    if (done) {
      await this.closed;
      assert.fail(`the program ended; its log: ${this.log}`);
    }
    const message = JSON.parse(value);
    validate("program", message);
    return message;
  }

  /** Sends messages one by one, and returns the answers, hello first. */
  async talk(...messages) {
    const answers = [await this.receive()];
    for (const message of messages) answers.push(await this.ask(message));
    return answers;
  }

  async ask(message) {
    this.send(message);
    return this.receive();
  }

  /** Waits for the end of the program, without another message; returns its status and its log. */
  async ended({ close = false } = {}) {
    if (close) this.process.stdin.end();
    const { value } = await this.lines.next();
    assert.equal(value, undefined);
    return [await this.closed, this.log];
  }
}

/** The lines of a stream. Only LF ends one. */
async function* linesOf(stream) {
  let pending = "";
  for await (const chunk of stream) {
    const lines = (pending + chunk).split("\n");
    pending = lines.pop();
    yield* lines;
  }
  assert.equal(pending, "");
}

/** Starts a program, which is gone after the test. */
export function start(test, script) {
  const child = new Child(script);
  test.after(async () => {
    child.process.kill("SIGKILL");
    await child.closed;
  });
  return child;
}

/** A folder, which is gone after the test. */
export function folder(test) {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), "whapi-exporter-"));
  test.after(() => fs.rmSync(made, { recursive: true }));
  return made;
}

/** Writes a program, whose `open` is this code. */
export function writeProgram(test, open, { run = "runTextExporter", fields = "", before = "" } = {}) {
  const script = path.join(folder(test), "program.mjs");
  fs.writeFileSync(
    script,
    `import childProcess, { execFileSync, execSync, fork, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import { ExporterError, Skip, option, runExporter, runTextExporter, timing } from "${SDK_ADDRESS}";
${before}
${run}({ name: "p", version: "1", summary: "a program of a test", ${fields} open: ${open} });
`,
  );
  return script;
}

/** The path of a file that is not there yet. */
export function stagingPath(test) {
  return path.join(folder(test), "staging");
}

/** A value without the fields that version 1 does not have. */
export function knownFields(value) {
  if (Array.isArray(value)) return value.map(knownFields);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([key]) => !key.startsWith("x_"));
  return Object.fromEntries(entries.map(([key, item]) => [key, knownFields(item)]));
}
