// What a library hands on (`export { x } from './x'`) becomes a getter in CommonJS, and an object of getters is slow: each use of
// each name of another library is a search in a dictionary and a call, 6 % of a relayed call (docs/benchmarks.md). Getters are for
// modules that load each other in a circle and for names that change; here there are neither (`no-circular`, `prefer-const`).
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const GETTER =
  /^Object\.defineProperty\(exports, "(\w+)", \{ enumerable: true, get: function \(\) \{ return ([\w.]+); \} \}\);$/gm;

/** Line by line, so that source maps stay true. */
export function plainReexports(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.js')) continue;
    const file = join(entry.parentPath, entry.name);
    const text = readFileSync(file, 'utf8');
    const plain = text.replace(GETTER, 'exports.$1 = $2;');
    if (plain !== text) writeFileSync(file, plain);
  }
}
