// Writes .env.example and docs/configuration.md from the settings class; `--check` fails when they differ.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, install, requireNode, ROOT } from './prepare.mjs';

requireNode();
install();
build();
const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [join(ROOT, 'dist/src/app/print-settings.js')],
  { encoding: 'utf8' },
);
if (status !== 0) {
  console.error(stderr);
  process.exit(1);
}
let differs = false;
for (const [name, text] of Object.entries(JSON.parse(stdout))) {
  const path = join(ROOT, name);
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) {
    differs = true;
    console.error(`${name} does not match src/app/settings.ts: run "npm run docs".`);
  }
}
process.exit(differs ? 1 : 0);
