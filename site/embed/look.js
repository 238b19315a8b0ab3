import css from "./widget.css";

let shared;

/** Dresses a shadow root. Constructed sheets pass every content policy; browsers from before 2023 get an element. */
export const dress = (shadow, text, sheet) => {
  try {
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
    }
    shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
    return sheet;
  } catch {
    const style = document.createElement("style");
    style.textContent = text;
    shadow.append(style);
  }
};

/** Relative luminance (WCAG 2) of an sRGB colour given as channels of 0 to 255. */
const luminance = (colour) => {
  const [red, green, blue] = colour.map((value) => ((value / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

/**
 * Whether to draw dark. Asked for, it is so; on `auto` the page decides and not only the system:
 * a dark card on a light page helps nobody, so the nearest painted background counts first.
 */
const isDark = (element, theme, system) => {
  if (/dark|light/.test(theme)) return theme == "dark";
  for (let node = element; node; node = node.parentElement || node.getRootNode().host) {
    const colour = getComputedStyle(node).backgroundColor;
    const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g) || [];
    // Colours that are not written as channels (oklch, color) begin with their lightness.
    if (red && alpha > 0.5) return (/^rgb/.test(colour) ? luminance([red, green, blue]) * 2 : red) < 0.5;
  }
  return system.matches && /dark/.test(getComputedStyle(document.documentElement).colorScheme);
};

/** Rules of this element alone: its reserved height, its font, and its accent with colours that stay legible (WCAG AA). */
const ownRules = (height, accent, font, dark) => {
  let text = `.inline{min-height:${parseInt(height) || 0}px}`;
  if (font == "inherit") text += ".fc{font-family:inherit}";
  if (/^#[0-9a-f]{6}$/i.test(accent)) {
    // Black and white contrast equally with a luminance of 0.179. As a colour for words, thin lines and the focus
    // the accent needs 4.5 : 1 to the card (white, or 0.0105 when dark); without that they are drawn in the ink.
    const light = luminance([1, 3, 5].map((at) => parseInt(accent.slice(at, at + 2), 16)));
    const [on, away] = light > 0.179 ? ["#000", "#fff"] : ["#fff", "#000"];
    const mark = (dark ? light > 0.222 : light < 0.183) ? accent : "var(--fc_ink)";
    text += `:host{--fc-accent:${accent};--fc-on-accent:${on}}.fc{--fc_away:${away};--fc_mark:${mark}}`;
  }
  return text;
};

/** Dresses the element's shadow root; the function returned does it again when attributes or the system change. */
export const dressUp = (element, shadow) => {
  const system = matchMedia("(prefers-color-scheme:dark)");
  let own;
  const paint = () => {
    const [theme, height, accent, font] = ["theme", "height", "accent", "font"].map((name) => element.getAttribute(name));
    const dark = isDark(element, theme, system);
    for (const box of shadow.querySelectorAll(".fc")) box.classList.toggle("dark", dark);
    const rules = ownRules(height, accent, font, dark);
    if (own) own.replaceSync(rules);
    else own = dress(shadow, rules);
  };
  shared = dress(shadow, css, shared);
  return (signal) => {
    paint();
    if (signal) system.addEventListener("change", paint, { signal });
  };
};
