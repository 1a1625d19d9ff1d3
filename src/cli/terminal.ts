/** Where a command speaks: data on the one, talk on the other, so that a pipe gets data alone. */
export interface Terminal {
  out(text: string): void;
  say(text: string): void;
  /** All of standard input. */
  input(): Promise<string>;
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
};
