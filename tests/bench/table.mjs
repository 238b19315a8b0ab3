// The figures for a terminal.
import { best } from "./summary.mjs";

const whole = (value) => (value == null ? "" : value.toFixed(0));
const ms = (found) => whole(found?.median);
const range = (found) => (found ? `${whole(found.min)}–${whole(found.max)}` : "");
const kb = (found) => (found ? (found.median / 1024).toFixed(1) : "");
const count = (found) => (found ? String(found.median) : "");
const times = (found, other) => (found && other?.median > 0 ? `${(found.median / other.median).toFixed(2)} ×` : "");

const columns = (rows) => {
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  return rows.map((row) => row.map((cell, at) => (at ? cell.padStart(widths[at]) : cell.padEnd(widths[at]))).join("   ")).join("\n");
};

export const table = (lines, goals, { rounds, processor, network }) => {
  const plain = lines.find(({ id }) => id === "plain");
  const title = ({ name, version }) => (version ? `${name} ${version}` : name);
  const section = (heading, titles, found, cells) => `${heading}\n\n${columns([["", ...titles], ...found.map((line) => [title(line), ...cells(line)])])}\n`;

  const open = lines.filter((line) => line.open);
  const asking = open.filter((line) => line.open.next);
  const closed = lines.filter((line) => line.closed);
  const added = best(lines, (line) => line.open?.usable_added);
  const next = best(lines, (line) => line.open?.next);
  const main = best(lines, (line) => line.closed?.main_thread);

  return [
    `\nMedians of ${rounds} rounds; processor ${processor}; ${network}.\n`,
    section(
      "From the start of the page to the first field that can be used",
      ["ms", "min–max", "to plain", "added ms", "to best other", "added KB", "requests"],
      open,
      ({ open }) => [
        ms(open.usable), range(open.usable), times(open.usable, plain?.open.usable), ms(open.usable_added),
        times(open.usable_added, added), kb(open.bytes_till_usable), count(open.requests_till_usable),
      ],
    ),
    section(
      "From a tapped answer to the next question on the screen",
      ["ms", "min–max", "to plain", "to best other", "contact to question ms", "KB in all"],
      asking,
      ({ open }) => [ms(open.next), range(open.next), times(open.next, plain?.open.next), times(open.next, next), ms(open.contact_to_question), kb(open.bytes)],
    ),
    section(
      "On a page where nothing was opened, beyond the page itself",
      ["KB", "requests", "main thread ms", "min–max", "to best other", "script ms", "long tasks", "shift", "stored"],
      closed,
      ({ closed }) => [
        kb(closed.bytes), count(closed.requests), ms(closed.main_thread), range(closed.main_thread), times(closed.main_thread, main),
        ms(closed.script), count(closed.long_tasks), closed.shift.median.toFixed(3), count(closed.stored),
      ],
    ),
    ...lines.flatMap(({ name, troubles }) => troubles.map((trouble) => `${name}: ${trouble}`)),
    "",
    ...goals.map(({ goal, found, met }) => `${met ? "met    " : "NOT MET"}  ${goal}: ${found}`),
    "",
  ].join("\n");
};
