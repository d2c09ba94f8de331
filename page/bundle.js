// Makes one file of what the page takes from npm, and one of the licences of all that is in it.

import { build } from "esbuild";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

const HERE = import.meta.dirname;
const ROOT = join(HERE, "..");
const BUILT = join(ROOT, "clusterer", "web", "static", "built");

/** Whole or not at all: a server may be reading. */
async function put(name, words) {
  await writeFile(join(BUILT, `${name}.new`), words);
  await rename(join(BUILT, `${name}.new`), join(BUILT, name));
}

async function manifest(folder) {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf-8"));
}

/** Names of all packages that the one in `folder` needs to run, theirs included. */
async function needed(folder, found = new Set()) {
  for (const name of Object.keys((await manifest(folder)).dependencies ?? {})) {
    if (found.has(name)) continue;
    found.add(name);
    await needed(join(ROOT, "node_modules", name), found);
  }
  return [...found].sort();
}

const made = await build({
  absWorkingDir: ROOT,
  entryPoints: [join(HERE, "entry.js")],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  banner: { js: "// Licences of what is in here: LICENCES.txt" },
  write: false,
});
const licences = await Promise.all((await needed(ROOT)).map(async (name) => {
  const folder = join(ROOT, "node_modules", name);
  const { version, license } = await manifest(folder);
  return `${name} ${version}, ${license}\n\n${await readFile(join(folder, "LICENSE"), "utf-8")}`;
}));
await mkdir(BUILT, { recursive: true });
await put("LICENCES.txt", licences.join(`\n${"-".repeat(72)}\n\n`));
await put("libraries.js", made.outputFiles[0].contents);
