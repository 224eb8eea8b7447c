/** The exporter `cards` of the recorded conversations. */

import { writeFile } from "node:fs/promises";
import path from "node:path";

import { runExporter } from "../../whapi-exporter.mjs";

runExporter({
  name: "cards",
  version: "1.0.0",
  summary: "a file for each contact",
  kind: "folder",
  needs: ["display_name"],
  open: ({ run: { staging } }) => ({
    async batch(contacts) {
      for (const { id, display_name: name } of contacts) {
        await writeFile(path.join(staging ?? "", `${id}.txt`), `${name}\n`);
      }
    },
  }),
});
