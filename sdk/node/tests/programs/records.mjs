/** The exporter `records` of the recorded conversations. */

import { runTextExporter } from "../../whapi-exporter.mjs";

runTextExporter({
  name: "records",
  version: "1.0.0",
  summary: "every record as it comes",
  extension: "jsonl",
  open: () => ({ contact: (contact) => `${JSON.stringify(contact)}\n` }),
});
