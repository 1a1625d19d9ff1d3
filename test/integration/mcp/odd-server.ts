import { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';

export interface Call {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly name?: string; readonly cursor?: string };
}
export type Answer = (call: Call, response: ServerResponse, request: IncomingMessage) => void;

export const json = (
  response: ServerResponse,
  body: object,
  status = 200,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
};
export const result = (call: Call, value: object): object => ({ jsonrpc: '2.0', id: call.id, result: value });
export const rpcError = (call: Call, code: number, message: string): object => ({
  jsonrpc: '2.0',
  id: call.id,
  error: { code, message },
});

/** An older server that shakes hands properly; what comes after is the test's. */
export const olderServer =
  (answer: Answer, session = (): string | undefined => undefined): RequestListener =>
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method !== 'POST') {
        response.writeHead(405).end();
        return;
      }
      const call = JSON.parse(Buffer.concat(chunks).toString()) as Call;
      if (call.method === 'server/discover') json(response, rpcError(call, -32601, 'Method not found'), 400);
      else if (call.method === 'initialize') {
        const about = {
          protocolVersion: '2025-11-25',
          capabilities: {},
          serverInfo: { name: 'odd', version: '1' },
        };
        const id = session();
        json(response, result(call, about), 200, id === undefined ? {} : { 'Mcp-Session-Id': id });
      } else if (call.id === undefined) response.writeHead(202).end();
      else answer(call, response, request);
    });
  };

export const text = (words: string): object => ({ content: [{ type: 'text', text: words }] });
