// The ledger's own file, looked into as whoever has the disk can.
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const found = async (data) => (await readdir(join(data, "objects"), { recursive: true })).map((name) => join(data, "objects", name));

const has = (path, table) => {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  try {
    return database.prepare("SELECT count(*) AS n FROM sqlite_master WHERE type = 'table' AND name = ?").get(table).n > 0;
  } finally {
    database.close();
  }
};

/** The files of ledgers in this data folder. */
export async function ledgerFiles(data) {
  const databases = (await found(data)).filter((name) => name.endsWith(".sqlite"));
  return databases.filter((path) => has(path, "inquiries"));
}

/** Does something with a ledger's database. */
export function withLedger(path, act) {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  try {
    database.exec("PRAGMA busy_timeout = 5000");
    return act(database);
  } finally {
    database.close();
  }
}

/** The file of the ledger that this lead is in. */
export async function ledgerOf(data, lead) {
  const isThere = (database) => database.prepare("SELECT 1 FROM leads WHERE id = ?").get(lead);
  return (await ledgerFiles(data)).find((path) => withLedger(path, isThere));
}

/** Every column of every table: `table.column`. */
export const columnsOf = (path) =>
  withLedger(path, (database) =>
    database
      .prepare("SELECT m.name AS t, c.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '\\_cf\\_%' ESCAPE '\\'")
      .all()
      .map(({ t, c }) => `${t}.${c}`),
  );

/** The columns in which one of these words stands: `table.column`. */
export const whereInTables = (path, words) =>
  withLedger(path, (database) => {
    const hits = new Set();
    for (const column of columnsOf(path)) {
      const [table, name] = column.split(".");
      for (const row of database.prepare(`SELECT CAST("${name}" AS BLOB) AS held FROM "${table}" WHERE "${name}" IS NOT NULL`).all()) {
        const held = Buffer.from(row.held ?? []);
        if (words.some((word) => held.includes(word))) hits.add(column);
      }
    }
    return [...hits].sort();
  });

/** How often each of these words stands in the bytes of each file of the folder, written pages and log alike. */
export async function whereInBytes(data, words) {
  const hits = {};
  for (const path of await found(data)) {
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    for (const word of words) {
      let n = 0;
      for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + 1)) n++;
      if (n) hits[`${path.slice(path.lastIndexOf("."))} ${word}`] = (hits[`${path.slice(path.lastIndexOf("."))} ${word}`] ?? 0) + n;
    }
  }
  return hits;
}
