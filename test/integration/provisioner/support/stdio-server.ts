import { createInterface } from 'node:readline';
import { type MemoryEngineOptions } from '@app/container-engine';

interface Request {
  readonly id?: number | string;
  readonly method: string;
  readonly params?: { readonly protocolVersion?: string };
}

const TOOLS = ['echo', 'add'].map((name) => ({ name, inputSchema: { type: 'object' } }));

/** A server of the older era that speaks over its standard streams, as small as one can be. */
export const stdioServer: NonNullable<MemoryEngineOptions['program']> = ({
  stdin,
  stdout,
  stderr,
  exit,
  environment,
}) => {
  if (environment['FAIL'] === 'yes') {
    stderr.write('I cannot work like this\n');
    setImmediate(exit, 2);
    return;
  }
  createInterface({ input: stdin }).on('line', (line) => {
    const request = JSON.parse(line) as Request;
    if (request.id === undefined) return;
    stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: request.id, ...answer(request) })}\n`);
  });
};

function answer({ method, params }: Request): object {
  switch (method) {
    case 'initialize':
      return {
        result: {
          protocolVersion: params?.protocolVersion ?? '2025-11-25',
          capabilities: { tools: {} },
          serverInfo: { name: 'spec', version: '1' },
        },
      };
    case 'tools/list':
      return { result: { tools: TOOLS } };
    case 'ping':
      return { result: {} };
    default:
      return { error: { code: -32601, message: 'unknown method' } };
  }
}
