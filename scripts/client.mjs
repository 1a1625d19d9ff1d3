// The types of the TypeScript client (libs/client), which are the console's: both follow from openapi.json. Run before every
// build, because what is not in git must be made before it is compiled.
import { copyFileSync, existsSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTypes } from './console.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MADE = join(ROOT, 'src', 'console', 'web', 'src', 'api', 'schema.gen.d.ts');
const TYPES = join(ROOT, 'libs', 'client', 'src', 'schema.gen.d.ts');

await makeTypes();
if (!existsSync(TYPES) || !readFileSync(TYPES).equals(readFileSync(MADE))) {
  const half = `${TYPES}.${process.pid}`;
  copyFileSync(MADE, half);
  renameSync(half, TYPES);
}
