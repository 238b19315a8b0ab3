// From every run to one line per contestant. What a form adds is taken against the empty page of the same round,
// because the machine is not the same in every round.
import { spread } from "./figures.mjs";

const sum = (files, wanted) => files.filter(([url]) => wanted.test(url)).reduce((all, [, bytes]) => all + bytes, 0);
/** The widget's WebAssembly and glue, by their place on the product's server. */
const WIDGET = /\/w\/[^/]+\/widget/;

export const summary = (contestants, runs) => {
  const of = (id, kind) => runs.filter((run) => run.id === id && run.kind === kind);
  const beside = (run) => of("empty", run.kind).find(({ round }) => round === run.round);
  const added = (member) => (run) => run[member] - beside(run)[member];

  return contestants.map((contestant) => {
    const { id, name, version, ours } = contestant;
    const open = of(id, "open");
    const closed = of(id, "closed");
    const measure = (found, read) => {
      const values = found.map(read).filter((value) => value != null);
      return values.length ? spread(values) : null;
    };
    return {
      id,
      name,
      version,
      ours,
      open: open.length && {
        usable: measure(open, ({ usable }) => usable),
        usable_added: measure(open, added("usable")),
        bytes_till_usable: measure(open, added("bytes_till_usable")),
        requests_till_usable: measure(open, added("requests_till_usable")),
        contact_to_question: measure(open, ({ took }) => took.contact),
        next: measure(open, ({ next }) => next),
        bytes: measure(open, added("bytes")),
        widget_bytes: Math.max(...open.map(({ files }) => sum(files, WIDGET))),
        widget_bytes_till_usable: Math.max(...open.map(({ files_till_usable }) => sum(files_till_usable, WIDGET))),
      },
      closed: closed.length && {
        bytes: measure(closed, added("bytes")),
        requests: measure(closed, added("requests")),
        main_thread: measure(closed, added("main_thread")),
        main_thread_in_all: measure(closed, ({ main_thread }) => main_thread),
        script: measure(closed, added("script")),
        long_tasks: measure(closed, added("long_tasks")),
        shift: measure(closed, ({ shift }) => shift),
        stored: measure(closed, ({ cookies, storage }) => cookies + storage),
      },
      troubles: [...new Set([...open, ...closed].flatMap(({ errors, failed, workers }) => [...errors, ...failed, ...workers]))],
    };
  });
};

/** The smallest median among other people's forms. */
export const best = (lines, read) => {
  const others = lines.filter(({ id, ours }) => !ours && !["empty", "plain"].includes(id));
  const found = others.map((line) => ({ name: line.name, median: read(line)?.median })).filter(({ median }) => median != null);
  return found.sort((one, other) => one.median - other.median)[0];
};
