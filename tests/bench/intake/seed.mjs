// Many leads in one workspace, written straight into the stopped object's SQLite file: copies of leads that the
// product itself has recorded, each of another person, with everything that hangs on them.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Opens the file of the stopped workspace that has this lead. */
export const openLedger = async (data, lead) => {
  const folder = join(data, "objects", "first-contact-ledger");
  for (const name of (await readdir(folder)).filter((name) => name.endsWith(".sqlite"))) {
    const database = new DatabaseSync(join(folder, name));
    const has = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'leads'").get() && database.prepare("SELECT 1 FROM leads WHERE id = ?").get(lead);
    if (has) return database;
    database.close();
  }
  throw new Error("no file has this lead");
};

/** Brings the workspace of `lead` to `many` leads, every tenth open, the rest closed. */
export const seed = async (data, lead, many) => {
  const database = await openLedger(data, lead);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -400000");
  const have = database.prepare("SELECT count(*) AS n FROM leads").get().n;
  const columns = (table) => database.prepare("SELECT name FROM pragma_table_info(?)").all(table).map(({ name }) => name);
  // Ids of copies: the original's with the copy's number in its last twelve digits, so that they stay UUIDs.
  const id = (column) => `substr(${column}, 1, 24) || printf('%012x', n.n)`;
  const copy = (table, changed, from, where) => {
    const taken = columns(table).filter((column) => changed[column] !== null);
    return `INSERT OR IGNORE INTO ${table} (${taken.join(", ")}) SELECT ${taken.map((column) => changed[column] ?? `${from}.${column}`).join(", ")} FROM ${table} AS ${from}, numbers AS n WHERE ${where}`;
  };
  const { contact } = database.prepare("SELECT contact FROM leads WHERE id = ?").get(lead);
  const theirs = `SELECT id FROM inquiries WHERE lead = '${lead}'`;
  const STEP = 50_000;
  for (let begin = have; begin < many; begin += STEP) {
    database.exec("BEGIN");
    database.exec("CREATE TEMP TABLE IF NOT EXISTS numbers (n INTEGER PRIMARY KEY); DELETE FROM numbers");
    database.exec(`INSERT INTO numbers WITH RECURSIVE c(n) AS (SELECT ${begin} UNION ALL SELECT n + 1 FROM c WHERE n + 1 < ${Math.min(many, begin + STEP)}) SELECT n FROM c`);
    database.exec(copy("contacts", { id: id("o.id"), name: "'Клиент ' || n.n", created_at: "o.created_at - n.n * 60000" }, "o", `o.id = '${contact}'`));
    database.exec(copy("contact_points", { contact: id("o.contact"), raw: "'+79' || printf('%09d', n.n)", normal: "'+79' || printf('%09d', n.n)" }, "o", `o.contact = '${contact}' AND o.kind = 'phone'`));
    database.exec(
      copy("leads", {
        id: id("o.id"), contact: id("o.contact"), opened_at: "o.opened_at - n.n * 60000", answer_by: "o.answer_by - n.n * 60000",
        status: "CASE WHEN n.n % 10 = 0 THEN 'open' ELSE 'lost' END", rank: "n.n % 8",
      }, "o", `o.id = '${lead}'`),
    );
    database.exec(copy("inquiries", { id: id("o.id"), lead: id("o.lead"), recorded_at: "o.recorded_at - n.n * 60000" }, "o", `o.lead = '${lead}'`));
    database.exec(copy("tasks", { id: id("o.id"), lead: id("o.lead"), due_at: "o.due_at - n.n * 60000" }, "o", `o.lead = '${lead}'`));
    database.exec(copy("routings", { lead: id("o.lead"), inquiry: id("o.inquiry") }, "o", `o.lead = '${lead}'`));
    database.exec(copy("facts", { number: null, lead: id("o.lead"), evidence: `CASE WHEN o.evidence IN (${theirs}) THEN ${id("o.evidence")} ELSE o.evidence END` }, "o", `o.lead = '${lead}'`));
    for (const table of ["answers", "answer_messages"]) database.exec(copy(table, { inquiry: id("o.inquiry") }, "o", `o.inquiry IN (${theirs})`));
    database.exec(copy("deliveries", { id: id("o.id"), lead: id("o.lead"), created_at: "o.created_at - n.n * 60000" }, "o", `o.lead = '${lead}'`));
    database.exec(copy("events", { number: null, lead: id("o.lead") }, "o", `o.lead = '${lead}'`));
    database.exec("COMMIT");
  }
  // Whoever measures an emptier workspace than he thinks measures nothing.
  for (const table of ["routings", "facts", "answers", "deliveries"]) {
    const { n } = database.prepare(`SELECT count(*) AS n FROM ${table}`).get();
    if (n < many - have) throw new Error(`${many - have} copies have ${n} ${table}`);
  }
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
};
