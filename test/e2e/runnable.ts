import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
/** Guards against hanging only. */
export const PAGE_LIMIT_MS = 600_000;
/** Between the outputs of two blocks; no command prints it. */
const BORDER = '\u001e';

interface Block {
  readonly script: string;
  /** Lines of the block `text output` behind it, in their order. */
  readonly expected: readonly string[];
}
export interface RunnablePage {
  readonly name: string;
  readonly blocks: readonly Block[];
  /** Blocks that say `file=<name>`: what somebody saves before going on. */
  readonly files: ReadonlyMap<string, string>;
}
export interface BlockRun {
  readonly block: Block;
  readonly printed: string;
}

/**
 * What somebody does who follows a page. Its blocks `bash runnable` are one session of a shell, in their order; a block
 * `text output` shows lines that the one before it prints, with `…` for what differs each time.
 */
export function runnablePage(name: string): RunnablePage {
  const blocks: Block[] = [];
  const files = new Map<string, string>();
  for (const [kind, text] of markedBlocks(name)) {
    const last = blocks.at(-1);
    if (kind.startsWith(SAVED)) files.set(kind.slice(SAVED.length), text);
    else if (kind === 'bash runnable') blocks.push({ script: text, expected: [] });
    else if (kind === 'text output' && last !== undefined)
      blocks[blocks.length - 1] = {
        ...last,
        expected: text.split('\n').filter((line) => line.trim() !== ''),
      };
    else throw new Error(`${name} has a block that nobody understands: ${kind}`);
  }
  return { name, blocks, files };
}

const SAVED = 'file=';

/** What stands behind the fence of each block that has more than a language, and the text of the block. */
const markedBlocks = (name: string): readonly (readonly [kind: string, text: string])[] =>
  [...readFileSync(join(ROOT, name), 'utf8').matchAll(/^```(\w+ [^\n]+)\n([\s\S]*?)^```$/gm)].map((match) => [
    (match[1] ?? '').replace(/^\w+ (?=file=)/, ''),
    match[2] ?? '',
  ]);

/** Runs a page in a folder. Throws with all that was said when a command of it fails. */
export async function follow(
  { name, blocks, files }: RunnablePage,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly BlockRun[]> {
  for (const [file, text] of files) writeFileSync(join(folder, file), text);
  const script = blocks.map((block) => `printf '${BORDER}'\n${block.script}`).join('\n');
  // A group of its own: what a page left in the background ends with it.
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    ...{ cwd: folder, env, detached: true },
    // A socket there would make bash believe that it serves somebody far away.
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endAll = (): void => {
    try {
      process.kill(-(shell.pid ?? 0), 'SIGKILL');
    } catch {
      // Nothing of it is left, as it should be.
    }
  };
  let [printed, said] = ['', ''];
  shell.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  shell.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const limit = setTimeout(endAll, PAGE_LIMIT_MS);
  const [code] = (await once(shell, 'exit')) as [number | null];
  clearTimeout(limit);
  endAll();
  const outputs = printed.split(BORDER).slice(1);
  if (code !== 0)
    throw new Error(
      `${name}, block ${String(outputs.length)} failed (${String(code)}):\n${printed}\n${said}`,
    );
  return blocks.map((block, at) => ({ block, printed: outputs[at] ?? '' }));
}

/** The expected lines that a block did not print where they belong. */
export function missingLines({ block, printed }: BlockRun): readonly string[] {
  let rest = printed;
  return block.expected.filter((line) => {
    const parts = line
      .trim()
      .split('…')
      .map((part) =>
        part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/\s+/g, String.raw`\s+`),
      );
    const found = new RegExp(parts.join('[^\\n]*')).exec(rest);
    if (found === null) return true;
    rest = rest.slice(found.index + found[0].length);
    return false;
  });
}
