// Pictures of the form, and what differs between two of them.
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { crc32, deflateSync } from "node:zlib";

import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

/** A picture of the form alone, with nothing moving and no pointer over it. */
export async function pictureOf(page, form = page.locator("first-contact").first()) {
  await page.mouse.move(0, 0);
  return form.locator(".fc").screenshot({ animations: "disabled", caret: "hide" });
}

/** A picture of the window: of a dialog it says besides where it stands, and what it leaves of the page. */
export async function windowOf(page) {
  await page.mouse.move(0, 0);
  return page.screenshot({ animations: "disabled", caret: "hide" });
}

/**
 * Puts the form into the same corner of the window, on the same paper and of the same width, wherever a page has it.
 * Only the element is styled, as any page may; what is inside is left to show whether the page got in.
 */
export const lift = (page, width = 640) =>
  page
    .locator("first-contact")
    .first()
    .evaluate((element, width) => {
      const place = { position: "fixed", inset: "0 auto auto 0", width: `${width}px`, height: "auto", float: "none", background: "#fff", padding: "0 0 8px", margin: "0", border: "0", "z-index": "2147483647", "max-width": "none" };
      for (const [name, value] of Object.entries(place)) element.style.setProperty(name, value, "important");
    }, width);

/**
 * How two pictures differ: not at all is `null`, else a sentence; both are then kept in target/pictures to be looked at.
 * `share` of the pixels may differ, each by less than `threshold` not counting; without them every pixel counts.
 */
export async function difference(name, found, kept, { threshold = 0, share = 0 } = {}) {
  const [a, b] = [found, kept].map((picture) => PNG.sync.read(picture));
  let sentence = null;
  const mark = new PNG({ width: a.width, height: a.height });
  if (a.width !== b.width || a.height !== b.height) {
    sentence = `${a.width}×${a.height} instead of ${b.width}×${b.height}`;
  } else {
    const pixels = pixelmatch(a.data, b.data, mark.data, a.width, a.height, { threshold, includeAA: threshold === 0 });
    if (pixels > share * a.width * a.height) sentence = `${pixels} pixels of ${a.width}×${a.height} differ`;
  }
  if (sentence) {
    const folder = new URL("../../target/pictures/", import.meta.url);
    await mkdir(folder, { recursive: true });
    for (const [kind, picture] of Object.entries({ found, kept, differs: PNG.sync.write(mark) })) {
      await writeFile(new URL(`${name}.${kind}.png`, folder), picture);
    }
  }
  return sentence;
}

/** A part of a PNG file: its length, name, data and checksum. */
function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/**
 * The same picture in an eighth of the bytes: each channel in sixteen steps, finer than what a comparison with a
 * threshold can see, and where those leave few enough colours, one byte per pixel that names its colour.
 */
export function small(picture) {
  const png = PNG.sync.read(picture);
  const { width, height, data } = png;
  const colours = new Map();
  const rows = Buffer.alloc((width + 1) * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const at = pixel * 4;
    for (let channel = at; channel < at + 4; channel++) data[channel] = Math.round(data[channel] / 17) * 17;
    const colour = data.readUIntBE(at, 3);
    if (!colours.has(colour)) colours.set(colour, colours.size);
    rows[Math.floor(pixel / width) * (width + 1) + 1 + (pixel % width)] = colours.get(colour);
  }
  if (colours.size > 256) return PNG.sync.write(png, { colorType: 2, filterType: 0, deflateLevel: 9, deflateStrategy: 0 });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits, a palette, and nothing interlaced.
  head.set([8, 3, 0, 0, 0], 8);
  const palette = Buffer.alloc(colours.size * 3);
  for (const [colour, index] of colours) palette.writeUIntBE(colour, index * 3, 3);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const packed = deflateSync(rows, { level: 9, memLevel: 9 });
  return Buffer.concat([signature, chunk("IHDR", head), chunk("PLTE", palette), chunk("IDAT", packed), chunk("IEND", Buffer.alloc(0))]);
}

/**
 * Where the parts of the form are, measured from its corner: `[part, left, top, width, height]` in whole pixels, as they
 * are read. A dialog that was never opened has none.
 */
export const boxes = (form) =>
  form.evaluate((element) => {
    const drawn = element.shadowRoot.querySelector(".fc");
    if (!drawn) return [];
    const corner = drawn.getBoundingClientRect();
    return [...element.shadowRoot.querySelectorAll(".close,.opener,.card,.title,.heading,.field,.tick,.button,.choice,.thanks,.status,progress")]
      .filter((node) => node.checkVisibility())
      .map((node) => {
        const { left, top, width, height } = node.getBoundingClientRect();
        const part = node.name || node.className || node.localName;
        return [part, ...[left - corner.left, top - corner.top, width, height].map(Math.round)];
      });
  });

/** Says how this machine draws letters and the browser's own controls: the same words for the same drawing. */
export async function drawing(page) {
  await page.setContent(`<!doctype html><meta charset="utf-8"><div id="all" style="width:560px;font:16px/1.5 system-ui,sans-serif">
    <p>Съешь же ещё этих мягких французских булок <b>да выпей чаю, 1234567890</b></p>
    <p style="font-size:24px;font-weight:600">The quick brown fox jumps over the lazy dog</p>
    <input type="date"><input type="checkbox" checked><textarea rows="2">Fox</textarea><kbd style="font:13px/22px ui-monospace,monospace">123</kbd></div>`);
  const picture = PNG.sync.read(await page.locator("#all").screenshot({ animations: "disabled", caret: "hide" }));
  return createHash("sha256").update(picture.data).digest("hex").slice(0, 16);
}
