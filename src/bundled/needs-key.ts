import { env } from 'node:process';
import { type Program } from './program-protocol';
import { serveStdio } from './program-transports';

/** Shows what a server does that misses its secret: it says so on stderr and ends. */
export const needsKey = (key: string): Program => ({
  name: 'quayside-needs-key',
  version: '1.0.0',
  tools: [
    {
      name: 'key_length',
      description: 'Says how long the configured key is, never the key itself.',
      inputSchema: { type: 'object', properties: {}, additionalProperties: false },
      run: () => `DEMO_API_KEY has ${key.length} characters`,
    },
  ],
});

function main(): void {
  // A program of its own, started as a child: its environment is its input, not a setting of ours.
  const key = env.DEMO_API_KEY;
  if (key === undefined || key === '') {
    process.stderr.write('DEMO_API_KEY is required\n');
    process.exitCode = 1;
    return;
  }
  serveStdio(needsKey(key));
}

if (require.main === module) main();
