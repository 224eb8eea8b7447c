/** What the types allow and refuse. It is compiled, never run. */

import { ExporterError, Skip, option, runExporter, runTextExporter } from "../whapi-exporter.mjs";

runTextExporter({
  name: "lines",
  version: "1",
  summary: "",
  needs: ["phone"],
  options: { header: option.switch(true, ""), order: option.choice(["up", "down"], "") },
  open: ({ options, run }) => ({
    begin: () => (options.header && options.order === "up" ? (run.staging ?? "") : ""),
    contact(contact) {
      const phone: string | null = contact.phone;
      // @ts-expect-error: `needs` does not have this key.
      contact.display_name;
      // @ts-expect-error: there is no such option.
      options.colour;
      // @ts-expect-error: the option has no such value.
      if (options.order === "left") throw new Skip("");
      const channel: string | undefined = contact.channel;
      return contact.id + phone + (run.channels ? channel : "");
    },
  }),
});

// @ts-expect-error: `contact` must return a text.
runTextExporter({ name: "", version: "", summary: "", open: () => ({ contact: () => 1 }) });

// @ts-expect-error: there is no such key.
runTextExporter({ name: "", version: "", summary: "", needs: ["telephone"], open: () => ({ contact: () => "" }) });

// @ts-expect-error: `batch` is missing.
runExporter({ name: "", version: "", summary: "", open: () => ({ finish() {} }) });

// @ts-expect-error: there is no such kind.
new ExporterError("network", "");

runExporter({
  name: "whole",
  version: "1",
  summary: "",
  kind: "folder",
  open: ({ warn }) => ({
    batch(contacts) {
      for (const contact of contacts) warn(contact.display_name + contact.reasons?.groups.length);
    },
  }),
});
