/** The exporter `standings` of the recorded conversations. */

import { runTextExporter } from "../../whapi-exporter.mjs";

runTextExporter({
  name: "standings",
  version: "1.0.0",
  summary: "the standing of each contact",
  extension: "txt",
  needs: ["standing"],
  open: () => ({ contact: ({ id, standing }) => `${id} ${standing}\n` }),
});
