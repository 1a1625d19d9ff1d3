// The server behind every contestant: as little as an MCP server can do, in both eras, on bare node:http.
//   node echo-upstream.mjs <older|newer|both> [hang]     prints its port; with "hang" no tool call is ever answered
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const [era = 'both', behaviour] = process.argv.slice(2);
const INFO = { name: 'bench-echo', version: '1.0.0' };
const CAPABILITIES = { tools: {} };
const NEWER = '2026-07-28';
/** The oldest make room: a run opens more than anybody would keep. */
const SESSIONS_MAX = 20_000;
const TOOL = {
  name: 'echo',
  description: 'Answers with the message it was given.',
  inputSchema: {
    type: 'object',
    properties: { message: { type: 'string' } },
    required: ['message'],
    additionalProperties: false,
  },
};
const UNKNOWN_METHOD = -32_601;
const UNSUPPORTED_VERSION = -32_022;

const sessions = new Set();
let calls = 0;

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => answer(request, response, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
});

function answer(request, response, body) {
  if (request.method === 'DELETE')
    return end(response, sessions.delete(request.headers['mcp-session-id']) ? 200 : 404);
  if (request.method === 'GET')
    return request.url === '/calls' ? send(response, { calls }) : end(response, 405);
  const message = JSON.parse(body);
  if (message.id === undefined) return end(response, 202);
  if (request.headers['mcp-protocol-version'] === NEWER) return newer(response, message);
  return older(request, response, message);
}

function newer(response, { id, method, params }) {
  if (era === 'older') return refuse(response, 400, id, UNSUPPORTED_VERSION);
  if (method === 'tools/call') return call(response, id, params, { resultType: 'complete' });
  const list = { resultType: 'complete', ttlMs: 60_000, cacheScope: 'public' };
  if (method === 'tools/list') return result(response, id, { ...list, tools: [TOOL] });
  if (method === 'server/discover')
    return result(response, id, {
      ...list,
      supportedVersions: [NEWER],
      capabilities: CAPABILITIES,
      serverInfo: INFO,
    });
  return refuse(response, 404, id, UNKNOWN_METHOD);
}

function older(request, response, { id, method, params }) {
  if (era === 'newer') return refuse(response, 400, id, UNSUPPORTED_VERSION);
  if (method === 'initialize') return initialize(response, id, params);
  if (!sessions.has(request.headers['mcp-session-id'])) return end(response, 404);
  if (method === 'tools/call') return call(response, id, params, {});
  if (method === 'tools/list') return result(response, id, { tools: [TOOL] });
  if (method === 'ping') return result(response, id, {});
  return refuse(response, 200, id, UNKNOWN_METHOD);
}

function initialize(response, id, { protocolVersion }) {
  const session = randomUUID();
  sessions.add(session);
  if (sessions.size > SESSIONS_MAX) sessions.delete(sessions.values().next().value);
  response.setHeader('mcp-session-id', session);
  result(response, id, { protocolVersion, capabilities: CAPABILITIES, serverInfo: INFO });
}

function call(response, id, { arguments: { message } }, more) {
  calls += 1;
  if (behaviour === 'hang') return;
  result(response, id, { ...more, content: [{ type: 'text', text: message }] });
}

const result = (response, id, value) => send(response, { jsonrpc: '2.0', id, result: value });

function refuse(response, status, id, code) {
  response.statusCode = status;
  const data = code === UNSUPPORTED_VERSION ? { supported: era === 'older' ? [] : [NEWER] } : undefined;
  send(response, { jsonrpc: '2.0', id, error: { code, message: 'refused', data } });
}

function send(response, value) {
  const bytes = Buffer.from(JSON.stringify(value));
  response.setHeader('content-type', 'application/json');
  response.setHeader('content-length', bytes.length);
  response.end(bytes);
}

function end(response, status) {
  response.statusCode = status;
  response.end();
}

server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.once('SIGTERM', () => process.exit(0));
