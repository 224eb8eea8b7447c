/** The exporter `lines` of the recorded conversations. */

import { Skip, runTextExporter } from "../../whapi-exporter.mjs";

runTextExporter({
  name: "lines",
  version: "1.0.0",
  summary: "number and name of each contact on a line",
  extension: "txt",
  needs: ["phone", "display_name"],
  maxBatch: 2,
  open: () => ({
    contact({ phone, display_name: name }) {
      if (phone === null) throw new Skip("no phone number");
      return `${phone}\t${name.replace(/[\s\p{Cc}]+/gu, " ")}\n`; // one line, without tabs
    },
  }),
});
