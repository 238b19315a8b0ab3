// What we want to be true, judged in this one run: `[{ goal, found, met }]`.
import { best } from "./summary.mjs";

const KB = 1024;
const ms = (value) => `${value.toFixed(0)} ms`;
const kb = (value) => `${(value / KB).toFixed(1)} KB`;

export const goals = (lines) => {
  const named = Object.fromEntries(lines.map((line) => [line.id, line]));
  const { empty, plain, first_contact: ours } = named;
  if (!ours) return [];
  const judged = [];
  const goal = (goal, found, met) => judged.push({ goal, found, met });

  const { usable, usable_added, bytes_till_usable, next, widget_bytes, widget_bytes_till_usable } = ours.open;
  const ratio = usable.median / plain.open.usable.median;
  goal("first field usable within 1.25 × of the plain form", `${ratio.toFixed(2)} ×`, ratio <= 1.25);
  const nearest = best(lines, ({ open }) => open?.usable_added);
  if (nearest) {
    const share = usable_added.median / nearest.median;
    goal(`adds to the empty page at most half of what the best other adds (${nearest.name}, ${ms(nearest.median)})`, `${ms(usable_added.median)}, ${share.toFixed(2)} ×`, share <= 0.5);
  }
  goal("at most 14 KB until then", kb(bytes_till_usable.median), bytes_till_usable.median <= 14 * KB);
  goal("the widget's WebAssembly and glue at most 70 KB", kb(widget_bytes), widget_bytes > 0 && widget_bytes <= 70 * KB);
  goal("and never on the way to the first field", kb(widget_bytes_till_usable), widget_bytes_till_usable === 0);
  const quickest = best(lines, ({ open }) => open?.next);
  if (quickest) {
    goal(`next question painted no later than the best other's (${quickest.name}, ${ms(quickest.median)})`, ms(next.median), next.median <= quickest.median);
  }
  goal("next question painted within 50 ms", ms(next.median), next.median <= 50);

  const { closed } = ours;
  goal("closed: at most 8 KB", kb(closed.bytes.median), closed.bytes.median <= 8 * KB);
  goal("closed: no long task", String(closed.long_tasks.median), closed.long_tasks.median <= 0);
  goal("closed: no layout shift", closed.shift.max.toFixed(3), closed.shift.max === 0);
  goal("closed: no cookies, no storage", String(closed.stored.max), closed.stored.max === 0);
  // The page without the tag differs from run to run as well: half of its runs lie within this.
  const noise = empty.closed.main_thread_in_all.middle;
  goal(`closed: main thread within the noise of the page without it (${ms(noise)})`, ms(closed.main_thread.median), closed.main_thread.median <= noise);
  return judged;
};
