// Writes .env.example and docs/configuration.md from the settings class, docs/settings.md from the stored settings,
// docs/permissions.md from the controllers;
// `--check` fails when they differ.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, install, requireNode, ROOT } from './prepare.mjs';

requireNode();
install();
build();

const PROGRAMS = {
  'print-settings.js': 'src/app/settings.ts',
  'print-permissions.js': 'the controllers',
};

function filesOf(program) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'dist/src/app', program)], {
    encoding: 'utf8',
  });
  if (status === 0) return Object.entries(JSON.parse(stdout));
  console.error(stderr);
  process.exit(1);
}

let differs = false;
for (const [program, source] of Object.entries(PROGRAMS)) {
  for (const [name, text] of filesOf(program)) {
    const path = join(ROOT, name);
    if (!process.argv.includes('--check')) writeFileSync(path, text);
    else if (readFileSync(path, 'utf8') !== text) {
      differs = true;
      console.error(`${name} does not match ${source}: run "npm run docs".`);
    }
  }
}
process.exit(differs ? 1 : 0);
