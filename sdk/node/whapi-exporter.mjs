/**
 * Exporters for `whapi` in JavaScript: one file, no dependencies. `whapi-exporter.d.mts` has the types.
 *
 * `runTextExporter` makes a program that writes a text file, `runExporter` one for everything else: a
 * service, a folder, a file that is not text. `whapi` starts the program and talks to it over standard
 * input and output.
 *
 * While the program runs, `console.log()` and the output of child processes go to standard error, and
 * standard input is empty, so that nothing can disturb the conversation.
 */

import childProcess from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { Readable } from "node:stream";

const PROTOCOL_VERSIONS = [1];
const LINE_LIMIT = 8 * 1024 * 1024;
const LINE_FEED = 0x0a;
const ERROR_KINDS = ["options", "auth", "destination", "quota", "unsupported", "internal"];
/** Settings of tests. */
export const timing = {
  /** After so many milliseconds without a message, one that the program is alive follows. */
  aliveAfter: 10_000,
};

/** Thrown by `contact()`: this contact is left out, and listed with the reason. */
export class Skip extends Error {
  name = "Skip";
}

/** Ends the run with a message of one line and a kind, from which the exit code follows. */
export class ExporterError extends Error {
  name = "ExporterError";

  constructor(kind, message, options) {
    super(message, options);
    if (!ERROR_KINDS.includes(kind)) {
      throw new TypeError(`${kind} is none of ${ERROR_KINDS.join(", ")}`);
    }
    this.kind = kind;
  }
}

/** The program is to end: by a signal, or since the host is gone. Not an `Error`. */
class Stop {
  constructor(status) {
    this.status = status;
  }
}

/** Options, `--set NAME.KEY=VALUE`: how each is described, and how its text is read. */
export const option = {
  switch(initial, help) {
    const parse = (text) => {
      if (text !== "on" && text !== "off") throw new Error(`\`${text}\` is neither on nor off`);
      return text === "on";
    };
    return { value: "on|off", shown: initial ? "on" : "off", help, initial, parse };
  },

  choice(values, help) {
    const parse = (text) => {
      if (!values.includes(text)) throw new Error(`\`${text}\` is none of ${values.join(", ")}`);
      return text;
    };
    return { value: values.join("|"), shown: values[0], help, initial: values[0], parse };
  },

  number(value, initial, help, { atLeast = 0 } = {}) {
    const parse = (text) => {
      if (!/^-?[0-9]{1,15}$/.test(text) || Number(text) < atLeast) {
        throw new Error(`\`${text}\` is not a whole number of at least ${atLeast}`);
      }
      return Number(text);
    };
    return { value, shown: String(initial), help, initial, parse };
  },

  text(value, help, { initial = "", required = false } = {}) {
    return { value, shown: initial || undefined, help, initial, required, parse: String };
  },
};

/** Runs an exporter for a text file, in UTF-8 and with the line ends that it returns. */
export function runTextExporter(definition) {
  return runProgram({ ...definition, kind: "file" }, openText);
}

/** Runs an exporter for a service, a folder, or a file that is not text. */
export function runExporter(definition) {
  return runProgram({ kind: "remote", ...definition }, openRecords);
}

/**
 * What the conversation needs of an exporter: `write` returns the skipped contacts of a batch, `close`
 * commits and returns the forecast of a dry run, `discard` follows everything but a success.
 */
async function openText(definition, context, link) {
  const methods = await definition.open(context);
  requireMethod(methods, "contact");
  const first = await methods.begin?.();
  const file = context.run.dryRun ? undefined : new StagingFile(context.run.staging);
  file?.write(textOf(first ?? "", "begin"));
  return {
    async write(contacts) {
      const { records, skipped } = await recordsOf(contacts, methods, link);
      file?.write(records.map((record) => textOf(record, "contact")).join(""));
      return skipped;
    },
    async close(end) {
      file?.write(textOf((await methods.finish?.(end)) ?? "", "finish"));
      file?.close();
    },
    async discard() {
      file?.close();
    },
  };
}

async function openRecords(definition, context, link) {
  const methods = await definition.open(context);
  requireMethod(methods, "batch");
  const { dryRun } = context.run;
  if (!dryRun) await methods.begin?.();
  return {
    async write(contacts) {
      const { records, skipped } = await recordsOf(contacts, methods, link);
      if (records.length > 0 && !dryRun) await methods.batch(records);
      return skipped;
    },
    async close(end) {
      if (dryRun) return methods.forecast?.(end);
      await methods.finish?.(end);
    },
    async discard() {
      if (!dryRun) await methods.abort?.();
    },
  };
}

function requireMethod(methods, name) {
  if (typeof methods?.[name] !== "function") throw new TypeError(`open() returned no ${name}()`);
}

function textOf(value, name) {
  if (typeof value !== "string") throw new TypeError(`${name}() returned no text`);
  return value;
}

/** Returns what `contact` makes of each contact, and those that it skipped. */
async function recordsOf(contacts, methods, link) {
  const records = [];
  const skipped = [];
  for (const contact of contacts) {
    try {
      const record = methods.contact ? methods.contact(contact) : contact;
      // Most are no promises, and waiting for each would take time.
      records.push(typeof record?.then === "function" ? await record : record);
    } catch (error) {
      if (!(error instanceof Skip)) throw error;
      skipped.push({ id: contact.id, reason: oneLine(error.message) });
    }
    link.sendAliveIfSilent();
  }
  return { records, skipped };
}

/** The file that the host has made, and puts in its place when it is complete. */
class StagingFile {
  #descriptor;

  constructor(path) {
    if (typeof path !== "string") {
      throw new ExporterError("internal", "the host named no file to write to");
    }
    this.#descriptor = this.#attempt(() => fs.openSync(path, "w", 0o600));
  }

  write(text) {
    const data = Buffer.from(text);
    let written = 0;
    while (written < data.length) {
      written += this.#attempt(() => fs.writeSync(this.#descriptor, data, written));
    }
  }

  close() {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) this.#attempt(() => fs.closeSync(descriptor));
  }

  #attempt(action) {
    try {
      return action();
    } catch (error) {
      const [cause] = error.message.split(",");
      throw new ExporterError("destination", `could not write the file: ${cause}`, { cause: error });
    }
  }
}

/** The conversation: a message a line, in both directions. */
class Link {
  #input;
  #pending = Buffer.alloc(0);
  #lastSent = Date.now();

  /** Takes standard input and output for the conversation. */
  constructor() {
    this.#input = process.stdin[Symbol.asyncIterator]();
    protectStreams();
  }

  /** Returns the next message, one of `types`; `undefined` at the end of the input. */
  async receive(...types) {
    const line = await this.#readLine();
    if (line === undefined) return undefined;
    let message;
    try {
      const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line);
      // Only an escape can bring in half of a surrogate pair, which no encoding can write.
      message = JSON.parse(text, /\\ud/i.test(text) ? wellFormed : undefined);
    } catch {
      throw new ExporterError("internal", "the host sent a line that is no JSON");
    }
    if (!types.includes(message?.type)) {
      throw new ExporterError("internal", `the host sent something other than ${types.join(" or ")}`);
    }
    return message;
  }

  /** A line without an end is one that the host died in: the end of the input as well. */
  async #readLine() {
    const chunks = [];
    let size = 0;
    for (let chunk = this.#pending; chunk !== undefined; chunk = (await this.#input.next()).value) {
      const end = chunk.indexOf(LINE_FEED);
      const part = end < 0 ? chunk : chunk.subarray(0, end);
      chunks.push(part);
      size += part.length;
      if (size > LINE_LIMIT) {
        throw new ExporterError("internal", "the host sent a line of more than 8 MiB");
      }
      if (end >= 0) {
        this.#pending = chunk.subarray(end + 1);
        return Buffer.concat(chunks, size);
      }
    }
    return undefined;
  }

  send(message) {
    const data = Buffer.from(`${JSON.stringify(message, wellFormed)}\n`);
    if (data.length > LINE_LIMIT) {
      throw new ExporterError("internal", `the message ${message.type} has more than 8 MiB`);
    }
    this.#lastSent = Date.now();
    let written = 0;
    while (written < data.length) written += writeSome(data, written);
  }

  sendAliveIfSilent() {
    if (Date.now() - this.#lastSent > timing.aliveAfter) this.send({ type: "alive" });
  }
}

function writeSome(data, start) {
  try {
    return fs.writeSync(1, data, start);
  } catch (error) {
    if (error.code !== "EAGAIN") throw new Stop(1);
    // The pipe is full. There is nothing else to do than to wait for the host.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    return 0;
  }
}

/** Puts standard error in the place of standard output, and nothing in that of standard input. */
function protectStreams() {
  const stdin = Readable.from([]);
  Object.defineProperty(process, "stdin", { configurable: true, get: () => stdin });
  Object.defineProperty(process, "stdout", { configurable: true, get: () => process.stderr });
  // If it was used before, the console has kept the stream.
  Object.defineProperty(console, "_stdout", { configurable: true, get: () => process.stderr });
  const { spawn } = childProcess.ChildProcess.prototype;
  childProcess.ChildProcess.prototype.spawn = function (options) {
    return spawn.call(this, withProtectedStdio(options));
  };
  for (const name of ["spawnSync", "execSync", "execFileSync"]) {
    const original = childProcess[name];
    childProcess[name] = (...args) => original(...args.map(withProtectedStdio));
  }
  syncBuiltinESMExports();
}

/** Options of a child process, in which none inherits the conversation. */
function withProtectedStdio(options) {
  if (options?.stdio === undefined || Array.isArray(options)) return options;
  const { stdio } = options;
  const streams = Array.isArray(stdio) ? stdio : [stdio, stdio, stdio];
  const protect = (stream, index) => {
    const descriptor = stream === "inherit" ? index : (stream?.fd ?? stream);
    return descriptor === 0 ? "ignore" : descriptor === 1 ? 2 : stream;
  };
  return { ...options, stdio: streams.map(protect) };
}

/** For `JSON.parse` and `JSON.stringify`: halves of surrogate pairs become U+FFFD. */
function wellFormed(_key, value) {
  return typeof value === "string" ? Buffer.from(value).toString() : value;
}

function oneLine(text) {
  const line = String(text).replace(/[\x00-\x20\x7f-\x9f\u2028\u2029]+/g, " ");
  return line.trim().slice(0, 1000);
}

function helloOf({ name, version, summary, kind, extension, needs, options = {}, maxBatch }) {
  const described = Object.entries(options).map(([key, { value, shown, help }]) => {
    return { key, value, default: shown, help };
  });
  return {
    type: "hello",
    v: PROTOCOL_VERSIONS,
    name,
    version,
    summary,
    output: { kind, extension },
    needs,
    options: described,
    max_batch: maxBatch,
  };
}

function checkDefinition(definition) {
  for (const key of ["name", "version", "summary"]) {
    if (typeof definition[key] !== "string" || definition[key] === "") {
      throw new TypeError(`the exporter lacks ${key}`);
    }
  }
  if (typeof definition.open !== "function") throw new TypeError("the exporter lacks open");
  if (definition.needs !== undefined && !Array.isArray(definition.needs)) {
    throw new TypeError("needs is not a list of keys");
  }
}

function readRun(begin) {
  if (!PROTOCOL_VERSIONS.includes(begin.v)) {
    throw new ExporterError("unsupported", "the host speaks another version of the protocol than 1");
  }
  const { staging = null, expected = null, run = {} } = begin;
  const { reasons = false, links = false, changes = false, channels = false } = run.facts ?? {};
  // In doubt, nothing is written.
  const dryRun = begin.dry_run !== false;
  const { started_at: startedAt = "", source } = run;
  const facts = { reasons, links, changes, channels };
  return { staging, expected, dryRun, startedAt, source: source ?? "", ...facts };
}

function readOptions(known = {}, given = {}) {
  const values = Object.fromEntries(Object.entries(known).map(([key, { initial }]) => [key, initial]));
  for (const [key, text] of Object.entries(given)) {
    if (!Object.hasOwn(known, key)) {
      const keys = Object.keys(known).join(", ") || "none";
      throw new ExporterError("options", `unknown option \`${key}\`; known: ${keys}`);
    }
    try {
      values[key] = known[key].parse(String(text));
    } catch (error) {
      throw new ExporterError("options", `option \`${key}\`: ${error.message}`);
    }
  }
  const missing = Object.keys(known).find((key) => known[key].required && !values[key]);
  if (missing) throw new ExporterError("options", `the option \`${missing}\` is required`);
  return values;
}

/** Holds the conversation, and ends the process. */
async function runProgram(definition, open) {
  checkDefinition(definition);
  const link = new Link();
  const endEarly = () => {
    report(new ExporterError("internal", "the program ended before the run"), link);
    process.exitCode = 1;
  };
  process.once("exit", endEarly);
  const status = await converse(definition, open, link).then(
    () => 0,
    (error) => report(error, link),
  );
  process.off("exit", endEarly);
  process.exit(status);
}

/** Reports an error to the host, and returns the exit status. */
function report(error, link) {
  if (error instanceof Stop) return error.status;
  const isExpected = error instanceof ExporterError;
  if (!isExpected) console.error(error);
  const kind = isExpected ? error.kind : "internal";
  try {
    link.send({ type: "error", kind, message: oneLine(isExpected ? error.message : error) });
  } catch (gone) {
    if (!(gone instanceof Stop)) throw gone;
  }
  return 1;
}

async function converse(definition, open, link) {
  link.send(helloOf(definition));
  const interruption = untilInterrupted();
  const orInterrupted = (work) => Promise.race([work, interruption]);
  const begin = await orInterrupted(link.receive("describe", "begin"));
  if (begin === undefined || begin.type === "describe") return;
  const context = new Context(readRun(begin), readOptions(definition.options, begin.options), link);
  const exporter = await orInterrupted(open(definition, context, link));
  let done;
  try {
    link.send({ type: "ready" });
    done = await orInterrupted(takeBatches(exporter, context, link));
  } catch (error) {
    context.mute();
    // The error that came first is the one to report.
    await exporter.discard().catch((second) => console.error(second));
    throw error;
  }
  context.mute();
  if (done === undefined) await exporter.discard();
  else link.send(done);
}

/** Returns the message `done`; `undefined` when the host aborts. */
async function takeBatches(exporter, context, link) {
  const totals = { written: 0, skipped: 0 };
  for (let seq = 1; ; seq += 1) {
    const message = await link.receive("batch", "finish", "abort");
    if (message === undefined || message.type === "abort") return undefined;
    if (message.type === "finish") {
      const end = { complete: message.complete === true, reasons: message.reasons ?? [] };
      const forecast = await exporter.close(end);
      const { destination = null, warnings } = context;
      return { type: "done", ...totals, destination, warnings, forecast };
    }
    if (message.seq !== seq || !Array.isArray(message.contacts)) {
      throw new ExporterError("internal", `the host sent something other than batch ${seq}`);
    }
    const total = message.contacts.length;
    const skipped = await exporter.write(message.contacts);
    const written = total - skipped.length;
    link.send({ type: "ack", seq, written, skipped });
    totals.written += written;
    totals.skipped += skipped.length;
  }
}

/** A promise that is rejected by a signal, and by an error outside of all that is waited for. */
function untilInterrupted() {
  const interruption = new Promise((_resolve, reject) => {
    const stop = (_name, number) => {
      reject(new Stop(128 + number));
      // A second signal ends the process at once.
      for (const name of ["SIGINT", "SIGTERM"]) process.off(name, stop);
    };
    for (const name of ["SIGINT", "SIGTERM"]) process.on(name, stop);
    process.on("uncaughtException", reject);
  });
  // There may be nothing that waits for it.
  interruption.catch(() => {});
  return interruption;
}

/** What an author's `open` gets. */
class Context {
  #link;
  warnings = [];
  destination = undefined;

  constructor(run, options, link) {
    this.run = run;
    this.options = options;
    this.#link = link;
    // So that they can be taken out of the object.
    this.status = (message) => this.#link?.send({ type: "status", message: oneLine(message) });
    this.alive = () => this.#link?.send({ type: "alive" });
    this.warn = (message) => void this.warnings.push(oneLine(message));
  }

  /** The host no longer listens to progress. */
  mute() {
    this.#link = undefined;
  }
}
