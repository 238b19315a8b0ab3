// Statements cross from Rust many at a time, since crossing costs more than most of them do: as one text, and as
// the shape of it. `[[9, [3], 7, null], …]` says: a statement of nine letters, bound to the three letters after it,
// to a number and to nothing.

/** Runs them, and gives the cursor of the last. */
export function run(sql, text, shape) {
  let at = 0;
  const cut = (length) => text.slice(at, (at += length));
  const bound = (binding) => (Array.isArray(binding) ? cut(binding[0]) : binding);
  let cursor;
  for (const [length, ...bindings] of JSON.parse(shape)) cursor = sql.exec(cut(length), ...bindings.map(bound));
  return cursor;
}

/** The same, and gives the last one's rows as JSON. */
export const rows = (sql, text, shape) => JSON.stringify(run(sql, text, shape).toArray());

/** The commit that is on its way to the disk. */
export class Commit {
  #storage;
  #underway;

  constructor(storage) {
    this.#storage = storage;
  }

  /** Something was written. */
  begin() {
    const done = () => (this.#underway = undefined);
    this.#underway ??= this.#storage.sync().then(done, done);
  }

  /** Settles when it is there; `undefined` when nothing is on its way. */
  underway() {
    return this.#underway;
  }
}
