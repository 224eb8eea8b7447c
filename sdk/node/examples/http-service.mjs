#!/usr/bin/env node
/**
 * Sends contacts to an HTTP service that shows them after the commit only.
 *
 * The service is a small one of our own, as a pattern for others; the tests have it. It has a list of
 * contacts, and a run is a hidden copy until it is committed:
 *
 *     GET    /contacts             how many contacts the list has
 *     POST   /runs                 opens a run, and answers with its id
 *     PUT    /runs/ID/batches/N    stages a batch
 *     POST   /runs/ID/commit       makes the list the one of the run
 *     DELETE /runs/ID              discards the run
 */

import { readFile } from "node:fs/promises";

import { ExporterError, option, runExporter, Skip } from "../whapi-exporter.mjs";

const TIMEOUT_MS = 30_000;

runExporter({
  name: "http-service",
  version: "1.0.0",
  summary: "a list of an HTTP service",
  needs: ["phone", "display_name"],
  maxBatch: 200,
  options: {
    url: option.text("URL", "the address of the service", { required: true }),
    token_file: option.text("FILE", "a file that holds the token", { required: true }),
  },
  async open(context) {
    const request = await connect(context.options);
    const { count: there } = await request("GET", "/contacts");
    if (!Number.isInteger(there)) throw unclear();
    context.destination = `${context.options.url}/contacts`;
    let run = "";
    let batches = 0;
    let sent = 0;
    return {
      async begin() {
        const { id } = await request("POST", "/runs");
        if (typeof id !== "string") {
          throw new ExporterError("destination", "the service opened a run without an id");
        }
        run = `/runs/${encodeURIComponent(id)}`;
      },

      contact({ id, phone, display_name: name }) {
        if (phone === null) throw new Skip("no phone number");
        sent += 1;
        return { id, phone, name };
      },

      async batch(records) {
        batches += 1;
        await request("PUT", `${run}/batches/${batches}`, records);
      },

      async finish({ complete }) {
        // The service keeps what is missing in an incomplete list.
        await request("POST", `${run}/commit`, { complete });
        if (!complete) {
          context.warn("no contact was removed from the service, since the list is incomplete");
        }
      },

      async abort() {
        await request("DELETE", run);
      },

      forecast: () => ({
        contacts: sent || context.run.expected || 0,
        "contacts there now": there,
      }),
    };
  },
});

/**
 * Returns a function that sends one request, once: what may have been carried out is not repeated.
 *
 * @param {{ url: string, token_file: string }} options
 */
async function connect({ url, token_file: tokenFile }) {
  if (!isSafe(url)) {
    throw new ExporterError("options", "option `url`: only https, and http on this machine");
  }
  const token = await readFile(tokenFile, "ascii").catch((cause) => {
    throw new ExporterError("auth", "could not read the file of option `token_file`", { cause });
  });
  /** @type {(method: string, path: string, body?: unknown) => Promise<any>} */
  const request = async (method, path, body) => {
    const response = await fetch(url + path, {
      method,
      headers: { Authorization: `Bearer ${token.trim()}`, "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      // The token stays with the host that it is for.
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(unclear);
    if (!(response instanceof Response)) throw response;
    if (!response.ok) throw refusal(response.status);
    const text = await response.text();
    try {
      return JSON.parse(text || "{}");
    } catch {
      throw unclear();
    }
  };
  return request;
}

/** @param {string} url */
function isSafe(url) {
  try {
    const { protocol, hostname } = new URL(url);
    const isHere = ["127.0.0.1", "[::1]", "localhost"].includes(hostname);
    return protocol === "https:" || (protocol === "http:" && isHere);
  } catch {
    return false;
  }
}

/** @param {number} status */
function refusal(status) {
  if (status === 401 || status === 403) {
    return new ExporterError("auth", `the service refused the token (HTTP ${status})`);
  }
  if (status === 429) {
    return new ExporterError("quota", "the service takes no more requests now (HTTP 429)");
  }
  return new ExporterError("destination", `the service failed (HTTP ${status})`);
}

function unclear() {
  return new ExporterError("destination", "the service does not answer as it should");
}
