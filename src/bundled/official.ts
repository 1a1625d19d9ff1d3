import { existsSync, realpathSync } from 'node:fs';
import { delimiter, isAbsolute, join, relative, resolve } from 'node:path';
import { env } from 'node:process';
import { pathToFileURL } from 'node:url';

// Starts an official server with what it can be told only by its arguments or its environment:
// `node official.js <name> <script> <home>`. A child of ours, so its environment is its input.

/**
 * The directories that the file server may touch. One that holds its home would also hold other homes and our data, so
 * it is refused, loudly: falling back to something else would look as if it had been granted.
 */
export function allowedDirectories(setting: string | undefined, home: string): string[] {
  const named = (setting ?? '')
    .split(/[,\n]/)
    .flatMap((part) => part.split(delimiter))
    .map((part) => part.trim())
    .filter((part) => part !== '');
  for (const directory of named) {
    const reason = reasonAgainst(directory, home);
    if (reason !== undefined) throw new Error(`ALLOWED_DIRECTORIES: "${directory}" ${reason}`);
  }
  return named.length > 0 ? named.map((directory) => resolve(directory)) : [home];
}

function reasonAgainst(directory: string, home: string): string | undefined {
  if (!isAbsolute(directory) || directory.includes('\0')) return 'is not an absolute path';
  const real = (path: string): string => (existsSync(path) ? realpathSync(path) : resolve(path));
  const way = relative(real(directory), real(home));
  const holdsHome = way !== '' && !way.startsWith('..') && !isAbsolute(way);
  return holdsHome ? 'holds data of this installation' : undefined;
}

/** Sets the stage for a server, whose script then believes it was started directly. */
export function prepare(name: string, script: string, home: string): void {
  const directories = name === 'filesystem' ? allowedDirectories(env.ALLOWED_DIRECTORIES, home) : [];
  process.argv = [process.execPath, script, ...directories];
  // Left to itself the memory server writes beside its own code.
  if (name === 'memory') env.MEMORY_FILE_PATH = join(home, 'memory.jsonl');
}

async function main([name = '', script = '', home = '']: readonly string[]): Promise<void> {
  try {
    prepare(name, script, home);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
    return;
  }
  await import(pathToFileURL(script).href);
}

if (require.main === module) void main(process.argv.slice(2));
