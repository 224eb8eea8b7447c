#!/usr/bin/env node
// Starts the program `whapi`, which is in a package of its own for each system and processor.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");

const name = `@whapi-export/${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "whapi.exe" : "whapi";

function program() {
  try {
    return require.resolve(`${name}/${file}`);
  } catch {
    console.error(
      `error: the package ${name} is missing; without --omit=optional, \`npm install\` adds it ` +
        "where this system is supported",
    );
    process.exit(1);
  }
}

const child = spawn(program(), process.argv.slice(2), { stdio: "inherit" });
child.on("error", (error) => {
  console.error(`error: could not start whapi: ${error.message}`);
  process.exit(1);
});
// The program decides how to end. A terminal sends Ctrl-C to both processes; that the program then gets
// it twice does no harm. On Windows `kill` would end the program at once.
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) {
  process.on(signal, () => process.platform === "win32" || child.kill(signal));
}
child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
