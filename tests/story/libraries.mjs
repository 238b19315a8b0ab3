// Other people's libraries, as host pages load them: by a name of this list, out of the pinned packages.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const FILES = {
  "bootstrap.css": "bootstrap/dist/css/bootstrap.css",
  "bulma.css": "bulma/css/bulma.css",
  "foundation.css": "foundation-sites/dist/css/foundation.css",
  "materialize.css": "@materializecss/materialize/dist/css/materialize.css",
  "tailwind_preflight.css": "tailwindcss/preflight.css",
  "turbo.js": "@hotwired/turbo/dist/turbo.es2017-umd.js",
};

/** Programs of our own that need bundling with a library. */
const PROGRAMS = {
  "react_strict.js": "react_strict.jsx",
};

const bundled = new Map();

/** Letters for the stage: a style sheet, and the files it names. */
const LETTERS = "noto-sans/";

/** A library or a bundled program, a file of letters as bytes; rejects for any other name. */
export async function library(name) {
  if (name.startsWith(LETTERS)) {
    const file = await readFile(new URL(`../../node_modules/@fontsource-variable/${name}`, import.meta.url));
    return name.endsWith(".css") ? file.toString() : file;
  }
  if (FILES[name]) return readFile(new URL(`../../node_modules/${FILES[name]}`, import.meta.url), "utf8");
  if (!PROGRAMS[name]) throw new Error(`no library is called ${name}`);
  if (!bundled.has(name)) bundled.set(name, bundle(PROGRAMS[name]));
  return bundled.get(name);
}

/** React's development build, because only that one mounts everything twice. */
async function bundle(program) {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../host_pages/${program}`, import.meta.url))],
    bundle: true,
    write: false,
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"development"' },
    logLevel: "silent",
  });
  return outputFiles[0].text;
}
