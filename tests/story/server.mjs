// The product, running: started by the same command a person uses, on a port and data folder of its own.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

let nextPort = 18700 + (process.pid % 500) * 4;

/**
 * Starts `cargo xtask dev`, or `serve` for a server as an operator runs it, without the demo client; with `faults` its
 * parts can be made to fail (tests/faults/faulty.js). `through` is a command that starts it in surroundings of its own.
 */
export async function startServer({ data, port = nextPort++, command = "dev", faults = false, through = [] } = {}) {
  const folder = data ?? (await mkdtemp(join(tmpdir(), "first-contact-")));
  await rm(join(folder, "dev.json"), { force: true });
  const [program, ...words] = [...through, process.env.XTASK, command, "--no-build", ...(faults ? ["--faults"] : []), "--port", String(port), "--data", folder];
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stdout.on("data", (text) => (log += text));
  child.stderr.on("data", (text) => (log += text));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const facts = await waitFor(async () => {
    if (child.exitCode !== null) throw new Error(`the server ended before it answered:\n${log}`);
    return JSON.parse(await readFile(join(folder, "dev.json"), "utf8"));
  }, "the server's dev.json", 60_000).catch((error) => {
    child.kill("SIGKILL");
    throw error;
  });

  const asApi = { authorization: `Bearer ${facts.api_key}` };
  return {
    ...facts,
    port,
    data: folder,
    log: () => log,
    /** Reads from the API with the demo client's key. */
    async api(path) {
      const response = await fetch(facts.url + path, { headers: asApi });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return response.json();
    },
    async lead(id) {
      return this.api(`/api/leads/${id}`);
    },
    /** What the demo client's webhook receiver has got, newest first. */
    async webhooks() {
      return (await fetch(`${facts.url}/demo/receiver/log`)).json();
    },
    /** Records an inquiry as any server would. */
    async inquire(reach, more = {}) {
      const id = more.id ?? uuidv7();
      const body = { id, site: facts.site, form: facts.form, contact: { reach }, ...more };
      const response = await fetch(`${facts.url}/v1/inquiries`, { method: "POST", body: JSON.stringify(body) });
      return { status: response.status, body: await response.json(), headers: response.headers, id };
    },
    /** Ends the runtime as a power cut would. */
    async kill() {
      process.kill(facts.runtime_pid, "SIGKILL");
      await ended;
    },
    async stop({ keep = false } = {}) {
      if (child.exitCode === null) {
        child.kill("SIGTERM");
        await ended;
      }
      if (!keep) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Where `cargo xtask dev` and `serve` wrote the runtime's configuration. */
export const configuration = (port) => fileURLToPath(new URL(`../../target/dev/installation-${port}.capnp`, import.meta.url));

/** Starts the runtime alone, as it was configured: nobody calls the ledger, so what happens happens by itself. */
export async function startRuntimeAlone({ data, port, config = configuration(port) }) {
  const secrets = JSON.parse(await readFile(join(data, "secrets.json"), "utf8"));
  return startWorkerd(config, {
    INSTALLATION_SECRET: secrets.installation_secret,
    OPERATOR_KEY: secrets.operator_key,
    DEMO_WEBHOOK_SECRET: secrets.demo_webhook_secret,
  });
}

/** Starts workerd with a configuration; gives what ends it as a power cut would. */
export async function startWorkerd(config, env = {}) {
  const modules = new URL("../../node_modules/@cloudflare/", import.meta.url);
  const name = (await readdir(modules)).find((folder) => folder.startsWith("workerd-"));
  const program = fileURLToPath(new URL(`${name}/bin/workerd`, modules));
  const child = spawn(program, ["serve", config], { env: { ...process.env, ...env }, stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  return async () => {
    child.kill("SIGKILL");
    await ended;
  };
}

/**
 * Tries until it works; what it last said is the error. Patience is counted in pauses, so that a machine that stands
 * still for a while has not used it up.
 */
export async function waitFor(attempt, what, patience = 30_000) {
  let last;
  for (let left = patience; left > 0; left -= 50) {
    try {
      const found = await attempt();
      if (found) return found;
      last = undefined;
    } catch (error) {
      last = error;
      if (/ended before/.test(String(error.message))) throw error;
    }
    await pause(50);
  }
  throw new Error(`waited ${patience} ms for ${what}${last ? `: ${last.message}` : ""}`);
}

export function uuidv7() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let now = Date.now();
  for (let at = 5; at >= 0; at--) {
    bytes[at] = now % 256;
    now = Math.floor(now / 256);
  }
  bytes[6] = (bytes[6] & 15) | 112;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Buffer.from(bytes).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export const aSecret = () => Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
