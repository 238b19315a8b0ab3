// Files of the packages measured, as their authors published them.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const installed = (path) => new URL(`./node_modules/${path}`, import.meta.url);

/** Source maps are not served, so the line that would make a browser ask for one is taken out. */
export const packageFile = async (path) => (await readFile(installed(path), "utf8")).replace(/\n\/[/*]# sourceMappingURL=.*\s*$/, "\n");

/** A module of a package, to be used here and not in the page. */
export const packageModule = createRequire(import.meta.url);

export const version = async (name) => JSON.parse(await readFile(installed(`${name}/package.json`), "utf8")).version;

/** A module bundled, minified and split as an application's build would: `[[file name, text]]`. */
export const bundle = async (contents) => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    define: { "process.env.NODE_ENV": '"production"' },
    entryNames: "index",
    outdir: "/",
    write: false,
    logLevel: "warning",
  });
  return outputFiles.map(({ path, text }) => [path.split(/[\\/]/).pop(), text]);
};
