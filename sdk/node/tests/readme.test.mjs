/** The example of the README is a program. */

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";

import { FINISH, SDK, batch, begin, folder, person, stagingPath, start } from "./support.mjs";

test("the example of the README runs", async (t) => {
  const readme = fs.readFileSync(path.join(SDK, "README.md"), "utf8");
  const [, example] = readme.split(/```js\n|```\n/);
  const here = folder(t);
  fs.copyFileSync(path.join(SDK, "whapi-exporter.mjs"), path.join(here, "whapi-exporter.mjs"));
  fs.writeFileSync(path.join(here, "lines.mjs"), example);
  const staging = stagingPath(t);
  const child = start(t, path.join(here, "lines.mjs"));
  const answers = await child.talk(
    begin({ staging }),
    batch(1, person(1, "Ada\u2028\t B\x85\nC"), person(2, "gus", { phone: null })),
    FINISH,
  );
  assert.equal(answers.length, 4);
  assert.deepEqual(await child.ended(), [0, ""]);
  assert.equal(fs.readFileSync(staging, "utf8"), "+447700900001\tAda B C\n");
});
