import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Reading a file takes a tool a moment; on a busy machine a long one. */
const LIMIT_MS = 50_000;
const TOOLS = [['docker', 'compose'], ['docker-compose']];

/** What calls compose here; undefined where it is not installed. */
export const composeTool = (): readonly string[] | undefined =>
  TOOLS.find(
    ([program = '', ...rest]) => spawnSync(program, [...rest, 'version'], { timeout: LIMIT_MS }).status === 0,
  );

/**
 * The options that make compose read files of the project. The first compose does not know that a file may have a name, and
 * reads a copy without it.
 */
export function composeFiles(
  tool: readonly string[],
  files: readonly string[],
  folder: string,
): readonly string[] {
  const [first = ''] = files;
  if (tool.length > 1) return files.flatMap((file) => ['-f', file]);
  mkdirSync(folder, { recursive: true });
  const copies = files.map((file) => {
    const copy = join(folder, basename(file));
    writeFileSync(copy, readFileSync(file, 'utf8').replace(/^name: .*$/m, ''));
    return copy;
  });
  return ['--project-directory', join(first, '..'), ...copies.flatMap((file) => ['-f', file])];
}
