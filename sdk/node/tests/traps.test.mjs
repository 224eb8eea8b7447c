/** What authors run into, and what the module makes of it. */

import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, test } from "node:test";

import { ABORT, FINISH, batch, begin, person, stagingPath, start, writeProgram } from "./support.mjs";

const LIMIT = 8 * 1024 * 1024;
const NAMES = "() => ({ contact: (contact) => `${contact.display_name}\\n` })";

/** Runs a whole conversation that ends well; returns the answers, the file and the log. */
async function runText(t, script, messages, fields = {}) {
  const staging = stagingPath(t);
  const child = start(t, script);
  const answers = await child.talk(begin({ staging, ...fields }), ...messages, FINISH);
  const [status, log] = await child.ended();
  assert.equal(status, 0, log);
  return { answers, log, staging, text: fs.existsSync(staging) ? fs.readFileSync(staging, "utf8") : undefined };
}

describe("only the conversation is on standard output", () => {
  const perContact = (code) => `() => ({ async contact() { ${code}; return ""; } })`;

  async function check(t, code, expected, settings) {
    const { log } = await runText(t, writeProgram(t, perContact(code), settings), [batch(1, person(1))]);
    assert.equal(log, expected);
  }

  test("console.log", (t) => check(t, "console.log('seen')", "seen\n"));
  test("console.log that was used before", (t) =>
    check(t, "console.log('seen')", "seen\n", { before: "console._stdout;" }));
  test("process.stdout", (t) => check(t, "process.stdout.write('seen\\n')", "seen\n"));
  for (const call of [
    "spawnSync('echo', ['seen'], { stdio: 'inherit' })",
    "spawnSync('echo', ['seen'], { stdio: ['pipe', 'inherit', 'inherit'] })",
    "spawnSync('echo', ['seen'], { stdio: [0, 1, 2] })",
    "spawnSync('echo', ['seen'], { stdio: ['ignore', process.stdout, 'ignore'] })",
    "execSync('echo seen', { stdio: 'inherit' })",
    "execFileSync('echo', ['seen'], { stdio: 'inherit' })",
    "childProcess.execFileSync('echo', ['seen'], { stdio: 'inherit' })",
    "await new Promise((end) => spawn('echo', ['seen'], { stdio: 'inherit' }).on('close', end))",
    "await new Promise((end) => fork('program.mjs', [], { execPath: 'echo', execArgv: ['seen'] }).on('close', end))",
  ]) {
    const expected = call.includes("fork") ? "seen program.mjs\n" : "seen\n";
    test(call, (t) => check(t, call, expected));
  }
  test("a child process can be read", (t) =>
    check(t, "console.log(execSync('echo seen').toString().trim())", "seen\n"));
  test("a child process does not read the conversation", (t) =>
    check(t, "console.log(spawnSync('cat', { stdio: ['inherit', 'pipe', 'pipe'] }).stdout.length)", "0\n"));
  test("process.stdin is empty", (t) =>
    check(t, "for await (const chunk of process.stdin) console.log(chunk); console.log('end')", "end\n"));

  test("messages and names of any text", async (t) => {
    const names = ["\u2028", "\x85", "\x00\x1b[31m", "\u{1f98a}", "\ud83e", "a\ud800b", 'quote"\\'];
    const script = writeProgram(
      t,
      `({ status }) => ({ contact({ display_name: name }) { console.log(/\\p{Surrogate}/u.test(name)); status(name + "\\n\\ud83e"); return name + "\\n"; } })`,
    );
    const staging = stagingPath(t);
    const child = start(t, script);
    await child.talk(begin({ staging }));
    const contacts = JSON.stringify(names.map((name, number) => person(number, name)));
    assert.match(contacts, /\\ud83e"/);
    child.sendLine(`{"type":"batch","seq":1,"contacts":${contacts}}`);
    const status = [];
    for (const _ of names) status.push((await child.receive()).message);
    const half = "\ufffd";
    const expected = [half, half, `[31m ${half}`, `\u{1f98a} ${half}`, `${half} ${half}`, `a${half}b ${half}`, `quote"\\ ${half}`];
    assert.deepEqual(status, expected);
    assert.deepEqual(await child.receive(), { type: "ack", seq: 1, written: 7, skipped: [] });
    await child.ask(FINISH);
    assert.deepEqual(await child.ended(), [0, "false\n".repeat(7)]);
    const written = fs.readFileSync(staging, "utf8").split("\n");
    assert.deepEqual(written, [...names.slice(0, 4), half, `a${half}b`, names[6], ""]);
  });
});

describe("counts", () => {
  test("a skipped contact is listed and leaves nothing", async (t) => {
    const script = writeProgram(
      t,
      `() => ({
        begin: () => "é",
        async contact({ phone, display_name: name }) {
          if (phone === null) throw new Skip("no\\nphone");
          return name;
        },
        finish: async () => "end\\r\\n",
      })`,
    );
    const contacts = [person(1, "eins"), person(2, "zwei", { phone: null }), person(3, "drei")];
    const { answers, text } = await runText(t, script, [batch(1, ...contacts), batch(2, contacts[1])]);
    const skipped = [{ id: "447700900002", reason: "no phone" }];
    assert.deepEqual(answers[2], { type: "ack", seq: 1, written: 2, skipped });
    assert.deepEqual(answers[3], { type: "ack", seq: 2, written: 0, skipped });
    assert.deepEqual([answers[4].written, answers[4].skipped], [2, 2]);
    assert.equal(text, "éeinsdreiend\r\n");
  });

  test("an empty batch is acknowledged", async (t) => {
    const { answers } = await runText(t, writeProgram(t, NAMES), [batch(1)]);
    assert.deepEqual(answers[2], { type: "ack", seq: 1, written: 0, skipped: [] });
  });

  test("a dry run writes no file", async (t) => {
    const { answers, text } = await runText(t, writeProgram(t, NAMES), [batch(1, person(1))], { dry_run: true });
    assert.deepEqual([answers[3].written, text], [1, undefined]);
  });

  test("the file is for its owner only", async (t) => {
    const { staging } = await runText(t, writeProgram(t, NAMES), [batch(1, person(1))]);
    assert.equal(fs.statSync(staging).mode & 0o777, 0o600);
  });
});

describe("errors", () => {
  /** Runs a program that fails, and returns the kind and message of the error, and the log. */
  async function failure(t, open, lines = [], { staging = stagingPath(t), ...settings } = {}) {
    const child = start(t, writeProgram(t, open, settings));
    await child.receive();
    let answer = await child.ask(begin({ staging }));
    for (const line of lines) {
      assert.equal(answer.type, "ready");
      child.sendLine(typeof line === "object" && !Buffer.isBuffer(line) ? JSON.stringify(line) : line);
      answer = await child.receive();
    }
    assert.equal(answer.type, "error");
    const [status, log] = await child.ended();
    assert.equal(status, 1);
    return [answer.kind, answer.message, log];
  }

  for (const [name, code] of [
    ["thrown", "throw new RangeError('two\\nlines')"],
    ["rejected", "return Promise.reject(new RangeError('two\\nlines'))"],
    ["thrown aside", "setTimeout(() => { throw new RangeError('two\\nlines'); }); return new Promise(() => {})"],
  ]) {
    test(`an exception is internal, and its trace is in the log: ${name}`, async (t) => {
      const [kind, message, log] = await failure(t, `() => ({ contact() { ${code}; } })`, [batch(1, person(1))]);
      assert.deepEqual([kind, message], ["internal", "RangeError: two lines"]);
      assert.match(log, /^RangeError: two\nlines\n {4}at .*program\.mjs:/);
    });
  }

  test("an error of the author has its kind and no trace", async (t) => {
    for (const kind of ["options", "auth", "destination", "quota", "unsupported", "internal"]) {
      const open = `() => { throw new ExporterError("${kind}", "because"); }`;
      assert.deepEqual(await failure(t, open), [kind, "because", ""]);
    }
  });

  test("a kind that does not exist", async (t) => {
    const [kind, message] = await failure(t, `() => { throw new ExporterError("network", "gone"); }`);
    const known = "options, auth, destination, quota, unsupported, internal";
    assert.deepEqual([kind, message], ["internal", `TypeError: network is none of ${known}`]);
  });

  test("methods that are missing, and values that are no text", async (t) => {
    for (const [open, lines, what, settings] of [
      ["() => ({})", [], "open() returned no contact()"],
      ["() => ({ contact() {} })", [batch(1, person(1))], "contact() returned no text"],
      ["() => ({ contact: () => '', begin: () => 1 })", [], "begin() returned no text"],
      ["() => ({ contact: () => '', finish: () => 1 })", [FINISH], "finish() returned no text"],
      ["() => ({})", [], "open() returned no batch()", { run: "runExporter" }],
    ]) {
      const [kind, message] = await failure(t, open, lines, settings);
      assert.deepEqual([kind, message], ["internal", `TypeError: ${what}`]);
    }
  });

  test("a program that ends in the middle", async (t) => {
    for (const code of ["process.exit(0)", "process.exit(3)"]) {
      const found = await failure(t, `() => ({ contact() { ${code}; } })`, [batch(1, person(1))]);
      assert.deepEqual(found, ["internal", "the program ended before the run", ""]);
    }
  });

  test("a full disk is an error of the destination", { skip: !fs.existsSync("/dev/full") }, async (t) => {
    const found = await failure(t, NAMES, [batch(1, person(1))], { staging: "/dev/full" });
    const message = "could not write the file: ENOSPC: no space left on device";
    assert.deepEqual(found, ["destination", message, ""]);
  });

  test("a folder that is not there", async (t) => {
    const found = await failure(t, NAMES, [], { staging: `${stagingPath(t)}/missing/file` });
    const message = "could not write the file: ENOENT: no such file or directory";
    assert.deepEqual(found, ["destination", message, ""]);
  });

  test("a line that is no message", async (t) => {
    const other = "something other than batch or finish or abort";
    for (const [line, what] of [
      ["hello", "a line that is no JSON"],
      [Buffer.from('"\xff"', "latin1"), "a line that is no JSON"],
      ["[]", other],
      ["null", other],
      ['{"type":"begin"}', other],
      ['{"type":"batch","seq":2,"contacts":[]}', "something other than batch 1"],
      ['{"type":"batch","seq":1}', "something other than batch 1"],
      [" ".repeat(LIMIT + 1), "a line of more than 8 MiB"],
    ]) {
      assert.deepEqual(await failure(t, NAMES, [line]), ["internal", `the host sent ${what}`, ""]);
    }
  });

  test("a line of 8 MiB is read", async (t) => {
    const child = start(t, writeProgram(t, NAMES));
    await child.talk(begin({ staging: stagingPath(t) }));
    child.sendLine('{"type":"batch","seq":1,"contacts":[]}'.padEnd(LIMIT));
    assert.equal((await child.receive()).type, "ack");
    assert.deepEqual(await child.ended({ close: true }), [0, ""]);
  });

  test("another version of the protocol", async (t) => {
    const child = start(t, writeProgram(t, NAMES));
    await child.receive();
    const message = "the host speaks another version of the protocol than 1";
    assert.deepEqual(await child.ask(begin({ v: 2 })), { type: "error", kind: "unsupported", message });
    assert.deepEqual(await child.ended(), [1, ""]);
  });

  test("an acknowledgement of more than 8 MiB", async (t) => {
    const open = "() => ({ contact() { throw new Skip('é'.repeat(1000)); } })";
    const people = Array.from({ length: 5000 }, (_, number) => person(number % 1000));
    const found = await failure(t, open, [batch(1, ...people)]);
    assert.deepEqual(found, ["internal", "the message ack has more than 8 MiB", ""]);
  });

  test("a definition that is not complete", async (t) => {
    for (const [open, settings, what] of [
      ["undefined", {}, "the exporter lacks open"],
      [NAMES, { fields: "version: ''," }, "the exporter lacks version"],
      [NAMES, { fields: "needs: 'phone'," }, "needs is not a list of keys"],
    ]) {
      const child = start(t, writeProgram(t, open, settings));
      const [status, log] = await child.ended();
      assert.equal(status, 1);
      assert.match(log, new RegExp(`^TypeError: ${what}$`, "m"));
    }
  });
});

describe("however a run ends, what was staged is removed unless it is committed", () => {
  const service = (step) => `({ status, alive }) => ({
    begin: () => console.log("begin"),
    async batch() { console.log("batch"); ${step} },
    finish: () => console.log("finish"),
    abort: () => { console.log("abort"); status("cleaning up"); },
  })`;

  async function begun(t, step = "") {
    const child = start(t, writeProgram(t, service(step), { run: "runExporter" }));
    await child.talk(begin());
    return child;
  }

  test("an abort", async (t) => {
    const child = await begun(t);
    await child.ask(batch(1, person(1)));
    child.send(ABORT);
    assert.deepEqual(await child.ended(), [0, "begin\nbatch\nabort\n"]);
  });

  test("the end of the input", async (t) => {
    const child = await begun(t);
    assert.deepEqual(await child.ended({ close: true }), [0, "begin\nabort\n"]);
  });

  test("a line without an end", async (t) => {
    const child = await begun(t);
    child.process.stdin.write(JSON.stringify(FINISH));
    assert.deepEqual(await child.ended({ close: true }), [0, "begin\nabort\n"]);
  });

  test("an error cleans up before it is reported", async (t) => {
    const child = await begun(t, "throw new ExporterError('quota', 'full');");
    assert.deepEqual(await child.ask(batch(1, person(1))), { type: "error", kind: "quota", message: "full" });
    assert.deepEqual(await child.ended(), [1, "begin\nbatch\nabort\n"]);
  });

  test("of two errors the first is reported and the second logged", async (t) => {
    const open = `() => ({ batch() { throw new ExporterError("quota", "full"); }, abort() { throw new Error("second"); } })`;
    const child = start(t, writeProgram(t, open, { run: "runExporter" }));
    await child.talk(begin());
    assert.equal((await child.ask(batch(1, person(1)))).message, "full");
    const [status, log] = await child.ended();
    assert.equal(status, 1);
    assert.match(log, /^Error: second\n/);
  });

  test("a host that is gone", async (t) => {
    const child = await begun(t, "status('still there?');");
    child.process.stdout.destroy();
    child.send(batch(1, person(1)));
    assert.deepEqual([await child.closed, child.log], [1, "begin\nbatch\nabort\n"]);
  });

  for (const [signal, status] of [["SIGTERM", 143], ["SIGINT", 130]]) {
    test(`${signal} in the middle of a batch`, async (t) => {
      const child = await begun(t, "alive(); await new Promise(() => {});");
      assert.deepEqual(await child.ask(batch(1, person(1))), { type: "alive" });
      child.process.kill(signal);
      assert.deepEqual(await child.ended(), [status, "begin\nbatch\nabort\n"]);
    });
  }

  test("the signal of the host does not interrupt the cleaning up", async (t) => {
    const open = `() => ({
      batch() { throw new ExporterError("quota", "full"); },
      async abort() {
        const next = new Promise((resolve) => process.once("SIGTERM", resolve));
        process.kill(process.pid, "SIGTERM");
        await next;
        console.log("clean");
      },
    })`;
    const failing = start(t, writeProgram(t, open, { run: "runExporter" }));
    await failing.talk(begin(), batch(1, person(1)));
    assert.deepEqual(await failing.ended(), [1, "clean\n"]);
    const aborted = start(t, writeProgram(t, open, { run: "runExporter" }));
    await aborted.talk(begin());
    aborted.send(ABORT);
    assert.deepEqual(await aborted.ended(), [0, "clean\n"]);
  });

  test("a signal while it waits for the host", async (t) => {
    const child = await begun(t);
    child.process.kill("SIGTERM");
    assert.deepEqual(await child.ended(), [143, "begin\nabort\n"]);
  });

  test("a dry run calls nothing that writes", async (t) => {
    const child = start(t, writeProgram(t, service(""), { run: "runExporter" }));
    const answers = await child.talk(begin({ dry_run: true }), batch(1, person(1)), FINISH);
    assert.deepEqual([answers[3].written, "forecast" in answers[3]], [1, false]);
    assert.deepEqual(await child.ended(), [0, ""]);
    const aborted = start(t, writeProgram(t, service(""), { run: "runExporter" }));
    await aborted.talk(begin({ dry_run: true }));
    aborted.send(ABORT);
    assert.deepEqual(await aborted.ended(), [0, ""]);
  });

  test("a program that is not used", async (t) => {
    const child = start(t, writeProgram(t, NAMES));
    await child.receive();
    assert.deepEqual(await child.ended({ close: true }), [0, ""]);
  });

  test("a connection that is still open does not hold the end up", async (t) => {
    const script = writeProgram(t, NAMES, { before: "setInterval(() => {}, 60_000);" });
    await runText(t, script, [batch(1, person(1))]);
  });
});

test("slow contacts keep the program alive", async (t) => {
  const open = `() => ({ contact: () => new Promise((done) => setTimeout(done, 60, "")) })`;
  const child = start(t, writeProgram(t, open, { before: "timing.aliveAfter = 50;" }));
  await child.talk(begin({ staging: stagingPath(t) }));
  child.send(batch(1, person(1), person(2)));
  const types = [];
  for (let count = 0; count < 3; count += 1) types.push((await child.receive()).type);
  assert.deepEqual(types, ["alive", "alive", "ack"]);
  assert.deepEqual(await child.ended({ close: true }), [0, ""]);
});

test("100,000 contacts take less than 10 seconds of the processor", async (t) => {
  const open = `() => ({
    contact: (contact) => contact.display_name + "\\n",
    finish() {
      const { user, system } = process.cpuUsage();
      console.log((user + system) / 1e6);
    },
  })`;
  const record = person(1, "Ada Beispiel", { kind: "phone", name: "Ada Beispiel", pushname: null, saved: true });
  const contacts = JSON.stringify(Array.from({ length: 500 }, () => record));
  const child = start(t, writeProgram(t, open));
  await child.talk(begin({ staging: stagingPath(t) }));
  for (let seq = 1; seq <= 200; seq += 1) {
    child.sendLine(`{"type":"batch","seq":${seq},"contacts":${contacts}}`);
    assert.equal((await child.receive()).written, 500);
  }
  assert.equal((await child.ask(FINISH)).written, 100_000);
  const [status, log] = await child.ended();
  assert.equal(status, 0);
  t.diagnostic(`100,000 contacts: ${log.trim()} s of the processor`);
  assert.ok(Number(log) < 10, log);
});
