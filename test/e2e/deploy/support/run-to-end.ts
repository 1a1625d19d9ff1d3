import { type ChildProcess } from 'node:child_process';

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** What a program said, on both of its outputs, and how it ended. */
export function runToEnd(child: ChildProcess, limitMs: number): Promise<Ended> {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ code, output });
    });
  });
}
