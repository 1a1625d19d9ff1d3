import { type Program } from './program-protocol';
import { serveHttp, serveStdio } from './program-transports';

/** The smallest useful server: `node echo.js` over stdio, `node echo.js --http PORT [--host ADDRESS]` over HTTP. */
export const ECHO: Program = {
  name: 'quayside-echo',
  version: '1.0.0',
  tools: [
    {
      name: 'echo',
      description: 'Answers with the message it was given.',
      inputSchema: {
        type: 'object',
        properties: { message: { type: 'string', description: 'What to say back.' } },
        required: ['message'],
        additionalProperties: false,
      },
      run: ({ message }) => `Echo: ${typeof message === 'string' ? message : ''}`,
    },
    {
      name: 'reverse',
      description: 'Answers with the message backwards.',
      inputSchema: {
        type: 'object',
        properties: { message: { type: 'string', description: 'What to turn around.' } },
        required: ['message'],
        additionalProperties: false,
      },
      run: ({ message }) => (typeof message === 'string' ? Array.from(message).reverse().join('') : ''),
    },
  ],
};

/** Text after an option, or undefined. */
export function optionOf(argv: readonly string[], option: string): string | undefined {
  const at = argv.indexOf(option);
  return at === -1 ? undefined : argv[at + 1];
}

async function main(): Promise<void> {
  const port = optionOf(process.argv, '--http');
  if (port === undefined) {
    serveStdio(ECHO);
    return;
  }
  // Every interface by default: it is meant for a container, where loopback would be out of reach.
  await serveHttp(ECHO, Number(port), optionOf(process.argv, '--host') ?? '0.0.0.0');
  process.stderr.write(`Listening on port ${port}\n`);
}

if (require.main === module) void main();
