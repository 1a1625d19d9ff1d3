import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DIST, type Installation } from './installation';

export interface Ended {
  readonly code: number | null;
  readonly printed: string;
  readonly said: string;
}

/**
 * The command line, as a user of an all-in-one installation has it; answers with how it ended and all that it said. Without
 * an input (`null`) its standard input stays open and silent: whoever reads from there does not end.
 */
export async function commandLine(
  quayside: Installation,
  home: string,
  args: readonly string[],
  input: string | null = '',
): Promise<Ended> {
  const child = spawn(process.execPath, [join(DIST, 'src/cli/main.js'), ...args], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      QUAYSIDE_URL: `http://127.0.0.1:${String(quayside.port('all-in-one'))}`,
      QUAYSIDE_TOKEN: quayside.key,
    },
    cwd: home,
  });
  let [printed, said] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  if (input !== null) child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, printed, said };
}
