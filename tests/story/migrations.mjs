// The steps of the database, read as the Worker lists them: stories begin from any earlier one.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

/** The migrations of a kind of object, as the Worker lists them. */
export async function migrations(kind) {
  const list = await readFile("worker/src/sql/migrations.rs", "utf8");
  const [, mine] = list.split(`pub const ${kind}:`);
  const names = [...mine.slice(0, mine.indexOf(";\n")).matchAll(/migration!\("([^"]+)"\)/g)].map(([, name]) => name);
  assert.ok(names.length > 1, `${kind} has no migrations that this story can read`);
  return Promise.all(names.map((name) => readFile(`worker/src/sql/migrations/${name}.sql`, "utf8")));
}
