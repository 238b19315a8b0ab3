// The open-source runtime with somebody else's Worker in it, on a port and folder of its own.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { startWorkerd, waitFor } from "../../story/server.mjs";

/** Bundles and serves a Worker; with `objects` it has the object class `Ledger` and keeps it on disk. */
export async function startWorker(entry, { port, objects = false }) {
  const folder = await mkdtemp(join(tmpdir(), "first-contact-peer-"));
  await mkdir(join(folder, "objects"));
  await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true, minify: true, format: "esm", target: "es2022", outfile: join(folder, "worker.js"),
    loader: { ".sql": "text" }, external: ["cloudflare:*"], logLevel: "warning",
  });
  const bindings = objects
    ? `bindings = [(name = "LEDGER", durableObjectNamespace = "Ledger"), (name = "SECRET", text = "of thirty-two characters at least")],
  durableObjectNamespaces = [(className = "Ledger", uniqueKey = "peer", enableSql = true)],
  durableObjectStorage = (localDisk = "objects"),`
    : "";
  await writeFile(
    join(folder, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "objects", disk = (path = "${folder}/objects", writable = true))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-11-01",
  ${bindings}
);`,
  );
  const end = await startWorkerd(join(folder, "config.capnp"));
  const url = `http://127.0.0.1:${port}`;
  await waitFor(async () => (await fetch(`${url}/v1/health`)).ok, "the other Worker", 20_000);
  return {
    url,
    async stop() {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
