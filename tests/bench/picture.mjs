// The figures as a picture for the README: four small charts, legible on light and on dark pages.

const WIDTH = 880;
const PANEL = 424;
const LABEL = 116;
const BAR = 216;
const ROW = 24;
const TOP = 76;
const GAP = 52;

const style = `
text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #24312c; }
.head { font-size: 15px; font-weight: 600; }
.soft { fill: #5d6a64; font-size: 12px; }
.bar { fill: #b9c4bf; }
.ours { fill: #0d6b5b; }
.name-ours { font-weight: 600; }
.range { stroke: #6a7772; stroke-width: 1; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edea; }
  .soft { fill: #9fada7; }
  .bar { fill: #4a5752; }
  .ours { fill: #58c9ad; }
  .range { stroke: #a5b2ac; }
}`;

const escaped = (text) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const text = (x, y, words, kind = "", more = "") => `<text x="${x}" y="${y}"${kind && ` class="${kind}"`}${more}>${escaped(words)}</text>`;

/** Bars with the median's length, and a thin line from the least to the most. */
const panel = (left, top, heading, note, unit, rows) => {
  const most = Math.max(...rows.map(({ found }) => found.max));
  const long = (value) => Math.max(0, (value / most) * BAR);
  const drawn = rows.map(({ name, ours, found }, at) => {
    const y = top + 30 + at * ROW;
    const x = left + LABEL;
    const length = Math.max(1.5, long(found.median));
    const from = x + long(found.min);
    const to = x + long(found.max);
    const range = to - from > 2 ? `<line class="range" x1="${from.toFixed(1)}" x2="${to.toFixed(1)}" y1="${y + 8}" y2="${y + 8}"/>` : "";
    return (
      text(x - 8, y + 12.5, name, ours ? "name-ours" : "", ' text-anchor="end"') +
      `<rect class="${ours ? "ours" : "bar"}" x="${x}" y="${y}" width="${length.toFixed(1)}" height="16" rx="2"/>` +
      range +
      text(Math.max(x + length, to) + 8, y + 12.5, unit(found.median), ours ? "name-ours" : "")
    );
  });
  return [text(left, top, heading, "head"), text(left, top + 18, note, "soft"), ...drawn].join("\n");
};

const ms = (value) => `${Math.max(0, value).toFixed(0)} ms`;
const kb = (value) => `${(Math.max(0, value) / 1024).toFixed(value < 20 * 1024 ? 1 : 0)} KB`;

export const picture = (lines, { rounds, processor, network }) => {
  const rows = (read, without = []) =>
    lines.map((line) => ({ ...line, found: read(line) })).filter(({ id, found }) => found && !without.includes(id));
  const panels = [
    ["First field usable", "from the start of the page", ms, rows(({ open }) => open?.usable)],
    ["Answer to next question", "from the tap until it is on the screen", ms, rows(({ open }) => open?.next)],
    ["Closed on a page: bytes", "what the tag adds before anybody opens it", kb, rows(({ closed }) => closed?.bytes, ["empty"])],
    ["Closed on a page: main thread", "time it adds, nothing opened", ms, rows(({ closed }) => closed?.main_thread, ["empty"])],
  ];
  // Two charts stand side by side, so the longer one makes the height of both.
  const heights = [0, 2].map((at) => Math.max(panels[at][3].length, panels[at + 1][3].length) * ROW + 30);
  const tops = [TOP, TOP + heights[0] + GAP];
  const height = tops[1] + heights[1] + 8;
  const drawn = panels.map(([heading, note, unit, found], at) => panel((at % 2) * (PANEL + 32), tops[at >> 1], heading, note, unit, found));
  const told = [
    `Shorter is better. Medians of ${rounds} rounds; the thin line goes from the least to the most.`,
    `Chromium, processor ${processor}, ${network}.`,
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="First Contact beside other forms: first field, next question, cost while closed">
<style>${style}
</style>
${told.map((line, at) => text(0, 16 + at * 17, line, "soft")).join("\n")}
${drawn.join("\n")}
</svg>
`;
};
