// `npm start`: from a fresh clone to a running installation. What follows lives in src/cli.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, install, requireNode, ROOT } from './prepare.mjs';

requireNode();
install();
build();
process.argv.splice(2, 0, 'up');
await import(pathToFileURL(join(ROOT, 'dist/src/cli/main.js')).href);
