// The floor of what a relay in Node can cost: checks a key, counts, and passes the bytes on over a pooled connection.
//   node lean-relay.mjs <upstream port>     prints its port
import { createServer } from 'node:http';
import { Pool } from 'undici';

const [upstreamPort] = process.argv.slice(2);
const KEY = 'Bearer lean';
const PASSED_ON = [
  'content-type',
  'accept',
  'mcp-session-id',
  'mcp-protocol-version',
  'mcp-method',
  'mcp-name',
];
const PASSED_BACK = ['content-type', 'content-length', 'mcp-session-id'];

const pool = new Pool(`http://127.0.0.1:${upstreamPort}`, { connections: 128, pipelining: 1 });
const counters = { requests: 0, failures: 0 };

const server = createServer((request, response) => {
  if (request.headers.authorization !== KEY) {
    response.writeHead(401).end();
    return;
  }
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => relay(request, response, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
});

function relay(request, response, body) {
  counters.requests += 1;
  const headers = chosen(request.headers, PASSED_ON);
  const asked = { method: request.method, path: '/mcp', headers, body: body.length === 0 ? null : body };
  pool.dispatch(asked, {
    onRequestStart() {},
    onResponseStart(_controller, status, answered) {
      response.writeHead(status, chosen(answered, PASSED_BACK));
    },
    onResponseData(controller, chunk) {
      if (response.write(chunk)) return;
      controller.pause();
      response.once('drain', () => controller.resume());
    },
    onResponseEnd() {
      response.end();
    },
    onResponseError() {
      counters.failures += 1;
      if (!response.headersSent) response.writeHead(502);
      response.end();
    },
  });
}

function chosen(headers, names) {
  const kept = {};
  for (const name of names) if (headers[name] !== undefined) kept[name] = headers[name];
  return kept;
}

server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.once('SIGTERM', () => process.exit(0));
