// Fails the build when the script that a page begins with grows past its budget (INTERFACES §6, size), or what it may
// fetch afterwards grows past its own.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const pages = {
  main: { html: "index.html", begins: 90_000, later: 95_000 },
  card: { html: "card.html", begins: 25_000, later: 5_000 },
};

const read = (file) => readFileSync(new URL(file, dist), "utf8");
const weigh = (files) => files.reduce((sum, file) => sum + gzipSync(read(file), { level: 9 }).length, 0);
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

for (const [page, { html, begins, later }] of Object.entries(pages)) {
  const manifest = JSON.parse(read(`manifest-${page}.json`));
  const scripts = Object.values(manifest).filter(({ file }) => file.endsWith(".js"));
  const atStart = new Set(scripts.filter(({ file }) => read(html).includes(file)));
  // A set grows while it is gone through: what these import is theirs, too.
  for (const { imports = [] } of atStart) for (const name of imports) atStart.add(manifest[name]);
  if (atStart.size === 0) throw new Error(`${html} names no script of its manifest`);
  tell(`${page} begins with`, begins, [...atStart]);
  tell(
    `${page} fetches later`,
    later,
    scripts.filter((script) => !atStart.has(script)),
  );
}

function tell(what, budget, scripts) {
  const size = weigh([...new Set(scripts.map(({ file }) => file))]);
  const verdict = size <= budget ? "within" : "OVER";
  console.log(`${what}: ${kB(size)} of script gzipped, ${verdict} its ${budget / 1000} kB`);
  if (size > budget) process.exitCode = 1;
}
