/** Plays the recorded conversations of version 1 against exporters of this SDK. */

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";

import { EXAMPLES, PROGRAMS, RECORDINGS, folder, knownFields, start, validate } from "./support.mjs";

const EXPORTERS = { markdown: path.join(EXAMPLES, "markdown-table.mjs") };
for (const name of ["cards", "directory", "lines", "records", "standings"]) {
  EXPORTERS[name] = path.join(PROGRAMS, `${name}.mjs`);
}

function read(file) {
  const lines = fs.readFileSync(path.join(RECORDINGS, file), "utf8").split("\n");
  assert.equal(lines.pop(), "");
  const [header, ...entries] = lines.map((line) => JSON.parse(line));
  return { name: path.parse(file).name, header, entries, exporter: entries[0].message.name };
}

const files = fs.readdirSync(RECORDINGS).filter((file) => file.endsWith(".jsonl"));
const recordings = files.map(read);

for (const { name, header, entries, exporter } of recordings) {
  test(`the recording ${name} is valid`, () => {
    assert.equal(header.protocol, 1);
    for (const { from, message, ...rest } of entries) {
      if (message) validate(from, message);
      else assert.deepEqual({ from, ...rest }, { from: "host", end_of_input: true });
    }
  });

  test(`the recording ${name} is played`, { skip: header.only_against === "host" }, async (t) => {
    const staging = path.join(folder(t), "staging");
    const isFolder = typeof header.staged === "object";
    if (isFolder) fs.mkdirSync(staging);
    const child = start(t, EXPORTERS[exporter]);
    for (const { from, message, end_of_input: ends } of entries) {
      if (ends) child.process.stdin.end();
      else if (from === "program") assert.deepEqual(await child.receive(), knownFields(message));
      else child.send(message.staging ? { ...message, staging } : message);
    }
    assert.deepEqual(await child.ended(), [header.exit_status, ""]);
    if (isFolder) {
      const text = (file) => [file, fs.readFileSync(path.join(staging, file), "utf8")];
      assert.deepEqual(Object.fromEntries(fs.readdirSync(staging).map(text)), header.staged);
    } else if (header.staged !== undefined) {
      assert.equal(fs.readFileSync(staging, "utf8"), header.staged);
    }
  });
}

test("every exporter of the recordings is played", () => {
  const played = recordings.filter(({ header }) => header.only_against !== "host");
  const names = new Set(played.map(({ exporter }) => exporter));
  assert.deepEqual([...names].sort(), Object.keys(EXPORTERS).sort());
});
