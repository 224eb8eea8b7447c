#!/usr/bin/env node
/** A table in Markdown, one contact a row: `whapi export --format markdown`. */

import { option, runTextExporter } from "../whapi-exporter.mjs";

/**
 * Names are chosen by other people: nothing in one may end the cell or the row, or be markup.
 *
 * @param {string} text
 */
function escape(text) {
  const line = text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, " ");
  return line.replace(/[\\`*_{}[\]<>#|~&!]/g, "\\$&");
}

runTextExporter({
  name: "markdown",
  version: "1.0.0",
  summary: "a table in Markdown",
  extension: "md",
  needs: ["display_name", "phone"],
  options: { header: option.switch(true, "a first row with the names of the columns") },
  open: ({ options }) => ({
    begin: () => (options.header ? "| Name | Phone |\n| --- | --- |\n" : ""),
    contact: (contact) => `| ${escape(contact.display_name)} | ${contact.phone ?? ""} |\n`,
  }),
});
