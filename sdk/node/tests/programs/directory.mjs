/**
 * The exporter `directory` of the recorded conversations: a service that is not there.
 *
 * The name of the list decides how the service behaves, as it did when the conversations were recorded.
 */

import { ExporterError, option, runExporter, Skip } from "../../whapi-exporter.mjs";

runExporter({
  name: "directory",
  version: "1.0.0",
  summary: "a list of a directory service",
  needs: ["phone", "display_name"],
  maxBatch: 2,
  options: {
    list: option.text("NAME", "the list to replace", { initial: "contacts" }),
    token_file: option.text("FILE", "a file that holds the token"),
  },
  open(context) {
    const { options, run, status, alive, warn } = context;
    context.destination = `https://directory.example/${options.list}`;
    let entries = 0;
    let skipped = 0;
    if (options.list === "closed") {
      throw new ExporterError("auth", "the directory refused the token");
    }
    if (options.list === "slow") status("connecting to the directory");
    return {
      contact(contact) {
        if (contact.phone === null) {
          skipped += 1;
          throw new Skip("no phone number");
        }
        entries += 1;
        return contact;
      },
      batch() {
        if (options.list === "full") throw new ExporterError("quota", "the list is full");
        if (options.list === "slow") {
          alive();
          status("waiting for the directory");
          alive();
        }
      },
      finish({ complete }) {
        if (options.list === "slow") status("replacing the list");
        if (!complete) warn("no entry was removed, since the list is incomplete");
        else if (skipped > 0) warn("1 entry of an earlier run was removed");
      },
      forecast() {
        const expected = entries || run.expected || 0;
        return { entries: expected, requests: Math.ceil(expected / 2) + 1 };
      },
    };
  },
});
