import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import { answer, isNewer, parse, type Program } from './program-protocol';

const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** The oldest session goes when another begins; a client of a dropped one begins anew. */
const MAX_SESSIONS = 10_000;
const PATH = '/mcp';

/** One message per line, in and out; ends with its input. */
export function serveStdio(program: Program): void {
  createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', (line) => {
    if (line.trim() === '') return;
    const reply = answer(program, line);
    if (reply !== undefined) process.stdout.write(`${reply}\n`);
  });
}

/** Streamable HTTP: sessions for the older era, none for the newer one. */
export function serveHttp(program: Program, port: number, host: string): Promise<Server> {
  const sessions = new Set<string>();
  const server = createServer((request, response) => {
    void readBody(request).then(
      (body) => {
        reply(program, sessions, { request, response, body });
      },
      () => {
        send(response, 413, undefined);
      },
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      resolve(server);
    });
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: string;
}

function reply(program: Program, sessions: Set<string>, { request, response, body }: Exchange): void {
  if (request.url?.split('?')[0] === '/health') {
    send(response, 200, '{"status":"ok"}');
    return;
  }
  if (request.url?.split('?')[0] !== PATH) {
    send(response, 404, undefined);
    return;
  }
  const session = request.headers['mcp-session-id'];
  const known = typeof session === 'string' && sessions.has(session);
  if (request.method === 'DELETE') {
    send(response, known && sessions.delete(session) ? 200 : 404, undefined);
    return;
  }
  if (request.method !== 'POST') {
    send(response, 405, undefined);
    return;
  }
  replyToPost(program, sessions, { response, body, known });
}

function replyToPost(
  program: Program,
  sessions: Set<string>,
  { response, body, known }: { response: ServerResponse; body: string; known: boolean },
): void {
  const message = parse(body);
  const opens = message?.method === 'initialize';
  if (message !== undefined && !opens && !known && !isNewer(message)) {
    send(response, 404, '{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"Session not found"}}');
    return;
  }
  if (opens) response.setHeader('Mcp-Session-Id', newSession(sessions));
  const text = answer(program, body);
  send(response, text === undefined ? 202 : 200, text);
}

function newSession(sessions: Set<string>): string {
  const id = randomUUID();
  sessions.add(id);
  const oldest = sessions.size > MAX_SESSIONS ? sessions.values().next().value : undefined;
  if (oldest !== undefined) sessions.delete(oldest);
  return id;
}

function send(response: ServerResponse, status: number, body: string | undefined): void {
  response.statusCode = status;
  if (body !== undefined) response.setHeader('Content-Type', 'application/json');
  response.end(body);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error('too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
