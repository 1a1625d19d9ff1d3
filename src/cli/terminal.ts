import { createInterface } from 'node:readline/promises';

/** One line from whoever sits there; undefined at the end of the input. */
export type Prompt = (question: string) => Promise<string | undefined>;

/** Where a command speaks: data on the one, talk on the other, so that a pipe gets data alone. */
export interface Terminal {
  out(text: string): void;
  say(text: string): void;
  /** All of standard input. */
  input(): Promise<string>;
  /** Missing where nobody sits at the terminal. */
  readonly prompt?: Prompt;
}

export const processTerminal: Terminal = {
  out: (text) => {
    process.stdout.write(`${text}\n`);
  },
  say: (text) => {
    process.stderr.write(`${text}\n`);
  },
  input: async () => {
    const parts: Buffer[] = [];
    for await (const part of process.stdin) parts.push(part as Buffer);
    return Buffer.concat(parts).toString('utf8');
  },
  ...(process.stdin.isTTY && process.stderr.isTTY ? { prompt: promptOfProcess } : {}),
};

/** Asked on standard error: what is printed stays data. */
async function promptOfProcess(question: string): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<undefined>((resolve) => {
    lines.once('close', () => {
      resolve(undefined);
    });
  });
  try {
    return await Promise.race([lines.question(question), ended]);
  } finally {
    lines.close();
  }
}
