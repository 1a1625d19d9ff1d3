// Writes .env.example and docs/configuration.md from the settings class, docs/settings.md from the stored settings,
// docs/permissions.md from the controllers, and what is gathered from all pages (guides.mjs);
// `--check` fails when they differ.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { guides } from './guides.mjs';
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

function settle(source, files) {
  for (const [name, text] of files) {
    const path = join(ROOT, name);
    if (!process.argv.includes('--check')) writeFileSync(path, text);
    else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
      differs = true;
      console.error(`${name} does not match ${source}: run "npm run docs".`);
    }
  }
}

for (const [program, source] of Object.entries(PROGRAMS)) settle(source, filesOf(program));
// Last: it holds what the others have written.
settle('the pages in docs', Object.entries(guides()));
process.exit(differs ? 1 : 0);
