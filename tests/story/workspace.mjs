// A client company made for one test file, by the same command an operator uses.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const COMPANY = `
name = "Мастерская"
language = "ru"
time_zone = "Europe/Moscow"
phone_region = "RU"
first_response_minutes = 15
urgent_days = 30

[working_hours]
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
from = "00:00"
to = "23:59"

[[team]]
id = "anna"
name = "Анна"
role = "seller"

[[sites]]
id = "shop"
name = "Мастерская"
origins = []

[catch_all]
assign = "anna"
deliver = []
`;

/** Makes a company with these forms (TOML); `publish` puts other forms in force. */
export async function makeWorkspace(server, forms) {
  const folder = await mkdtemp(join(tmpdir(), "first-contact-company-"));
  const file = join(folder, "workspace.toml");
  const command = (...action) => run(process.env.XTASK, ["workspace", ...action, "--data", server.data, "--url", server.url]);
  await writeFile(file, COMPANY + forms);
  const { stdout } = await command("new", file);
  const found = (pattern) => pattern.exec(stdout)[1];
  const workspace = found(/^workspace\s+(\S+)/m);
  const key = found(/^API key\s+(\S+)/m);
  return {
    url: server.url,
    site: found(/\/embed\/([^/]+)\//),
    async api(path) {
      const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${key}` } });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return response.json();
    },
    async publish(changed) {
      await writeFile(file, COMPANY + changed);
      await command("publish", workspace, file);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
