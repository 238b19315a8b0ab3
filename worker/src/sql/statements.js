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

/** So many calls between two commits are a crowd, and more are expected in a moment. */
const CROWD = 3;

/** How long the first of a crowd waits for the others, in milliseconds. */
const MOMENT = 2;

/** Lets calls share commits: what is written in one turn is one commit. */
export class Commits {
  #storage;
  #came = 0;
  #crowded = false;
  #underway;
  #gathering;

  constructor(storage) {
    this.#storage = storage;
  }

  /** What a call has to wait for before it goes on, if anything. */
  turn() {
    this.#came += 1;
    if (this.#underway) return this.#underway;
    if (!this.#crowded) return undefined;
    const gathered = () => (this.#gathering = undefined);
    return (this.#gathering ??= new Promise((resolve) => setTimeout(resolve, MOMENT)).then(gathered));
  }

  /** Something was written. */
  begin() {
    if (this.#underway) return;
    this.#crowded = this.#came >= CROWD;
    this.#came = 0;
    const done = () => (this.#underway = undefined);
    this.#underway = this.#storage.sync().then(done, done);
  }
}
