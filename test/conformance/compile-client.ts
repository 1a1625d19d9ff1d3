import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformFileSync } from '@swc/core';
import { DIST } from '../e2e/installation';

const SOURCE = join(__dirname, 'client');
/** Inside the checkout, so that packages are found from there. */
const FOLDER = join(__dirname, '..', '..', '.cache', `conformance-client-${String(process.pid)}`);

export interface CompiledClient {
  readonly command: string;
  remove(): void;
}

/** The command line as JavaScript, over the libraries as they ship: fifty processes start faster than with a compiler in each. */
export function compileClient(): CompiledClient {
  mkdirSync(FOLDER, { recursive: true });
  const sources = readdirSync(SOURCE).filter((name) => /(?<!\.spec)\.ts$/.test(name));
  for (const name of sources) {
    const { code } = transformFileSync(join(SOURCE, name), {
      jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2022' },
      module: { type: 'commonjs' },
    });
    const linked = code.replace(/require\("@app\/([a-z-]+)"\)/g, (_all, library: string) => {
      return `require(${JSON.stringify(join(DIST, 'libs', library, 'src', 'index.js'))})`;
    });
    writeFileSync(join(FOLDER, name.replace(/\.ts$/, '.js')), linked);
  }
  return {
    // The suite puts a shell in between, which a client that has to be ended must not outlive.
    command: `exec ${process.execPath} ${join(FOLDER, 'cli.js')}`,
    remove: () => {
      rmSync(FOLDER, { recursive: true, force: true });
    },
  };
}
