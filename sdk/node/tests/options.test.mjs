/** Options: what hello says of them, and what becomes of their text. */

import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";

import { FINISH, begin, stagingPath, start, writeProgram } from "./support.mjs";

const FIELDS = `options: {
  switch: option.switch(false, "s"),
  choice: option.choice(["a", "b"], "c"),
  number: option.number("N", 5, "n", { atLeast: -1 }),
  text: option.text("FILE", "t"),
  preset: option.text("NAME", "p", { initial: "x" }),
  needed: option.text("URL", "r", { required: true }),
},`;
const OPEN = `({ options }) => ({ contact: () => "", begin: () => JSON.stringify(Object.values(options)) })`;

/** Returns what hello says of the options, and what the program wrote or its error. */
async function outcome(t, options) {
  const staging = stagingPath(t);
  const child = start(t, writeProgram(t, OPEN, { fields: FIELDS }));
  const hello = await child.receive();
  const answer = await child.ask(begin({ options, staging }));
  if (answer.type === "error") {
    assert.deepEqual([answer.kind, ...(await child.ended())], ["options", 1, ""]);
    return [hello.options, answer.message];
  }
  await child.ask(FINISH);
  assert.deepEqual(await child.ended(), [0, ""]);
  return [hello.options, fs.readFileSync(staging, "utf8")];
}

test("what is not given has its default", async (t) => {
  assert.deepEqual(await outcome(t, { needed: "u" }), [
    [
      { key: "switch", value: "on|off", default: "off", help: "s" },
      { key: "choice", value: "a|b", default: "a", help: "c" },
      { key: "number", value: "N", default: "5", help: "n" },
      { key: "text", value: "FILE", help: "t" },
      { key: "preset", value: "NAME", default: "x", help: "p" },
      { key: "needed", value: "URL", help: "r" },
    ],
    '[false,"a",5,"","x","u"]',
  ]);
});

test("text becomes the type of the option", async (t) => {
  const given = { switch: "on", choice: "b", number: "-1", text: "é=", preset: "", needed: "u" };
  assert.equal((await outcome(t, given))[1], '[true,"b",-1,"é=","","u"]');
});

for (const [given, message] of [
  [{ switch: "ON" }, "option `switch`: `ON` is neither on nor off"],
  [{ choice: "c" }, "option `choice`: `c` is none of a, b"],
  [{ number: "-2" }, "option `number`: `-2` is not a whole number of at least -1"],
  [{ number: "٣" }, "option `number`: `٣` is not a whole number of at least -1"],
  [{ number: "1\n" }, "option `number`: `1 ` is not a whole number of at least -1"],
  [{ colour: "red" }, "unknown option `colour`; known: switch, choice, number, text, preset, needed"],
  [{ toString: "red" }, "unknown option `toString`; known: switch, choice, number, text, preset, needed"],
  [{ needed: "" }, "the option `needed` is required"],
]) {
  test(`what is not valid: ${JSON.stringify(given)}`, async (t) => {
    assert.equal((await outcome(t, { needed: "u", ...given }))[1], message);
  });
}

test("a required option that is not given", async (t) => {
  assert.equal((await outcome(t, {}))[1], "the option `needed` is required");
});
