#!/usr/bin/env node
// The `quayside` command, from a checkout.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, install, requireNode, ROOT } from './prepare.mjs';

requireNode();
install();
build();
await import(pathToFileURL(join(ROOT, 'dist/src/cli/main.js')).href);
