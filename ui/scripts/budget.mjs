// Fails the build when a page's script grows past its budget (INTERFACES §6, size).
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const budgets = { main: 90_000, card: 25_000 };

for (const [page, budget] of Object.entries(budgets)) {
  const manifest = JSON.parse(readFileSync(new URL(`manifest-${page}.json`, dist), "utf8"));
  const scripts = Object.values(manifest)
    .map((chunk) => chunk.file)
    .filter((file) => file.endsWith(".js"));
  const size = scripts.reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length, 0);
  const verdict = size <= budget ? "within" : "OVER";
  console.log(`${page}: ${(size / 1000).toFixed(1)} kB of script gzipped, ${verdict} its ${budget / 1000} kB`);
  if (size > budget) process.exitCode = 1;
}
