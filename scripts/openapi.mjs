// Writes openapi.json from the controllers; `--check` fails when the committed file differs.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, install, requireNode, ROOT } from './prepare.mjs';

requireNode();
install();
build();
const path = join(ROOT, 'openapi.json');
const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [join(ROOT, 'dist/src/app/print-openapi.js')],
  { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
);
if (status !== 0) {
  console.error(stderr);
  process.exit(1);
}
if (!process.argv.includes('--check')) {
  writeFileSync(path, stdout);
} else if (readFileSync(path, 'utf8') !== stdout) {
  console.error(
    'openapi.json does not match the controllers: run "npm run openapi" and look at the difference.',
  );
  process.exit(1);
}
