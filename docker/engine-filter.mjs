// Stands between the provisioner and the engine's socket, and lets through what engine-rules.mjs knows:
//   node docker/engine-filter.mjs <engine's socket> <own socket>      --check: does the engine answer through it?
import { chmodSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { INSTANCE_LABEL, ruleFor } from './engine-rules.mjs';

const MAX_BODY_BYTES = 1024 * 1024;
const CHECK_LIMIT_MS = 4_000;
const INSPECT_LIMIT_MS = 30_000;
/** Labels of a container never change, so a whole id that was ours stays ours. */
const MAX_KNOWN = 10_000;
const WHOLE_ID = /^[0-9a-f]{64}$/;

const isCheck = process.argv.includes('--check');
const [engineSocket, ownSocket] = process.argv.slice(2).filter((one) => one !== '--check');
if (ownSocket === undefined) {
  console.error('Usage: engine-filter.mjs <socket of the engine> <socket to listen on> [--check]');
  process.exit(64);
}
if (isCheck) check();
else serve();

function check() {
  const asked = request({ socketPath: ownSocket, path: '/_ping', timeout: CHECK_LIMIT_MS }, (answer) =>
    process.exit(answer.statusCode === 200 ? 0 : 1),
  );
  asked.once('error', () => process.exit(1)).once('timeout', () => process.exit(1));
  asked.end();
}

function serve() {
  const known = new Set();
  const server = createServer((incoming, outgoing) => {
    answer(known, incoming, outgoing).catch((error) => refuse(outgoing, 502, error.message));
  });
  server.on('upgrade', (incoming, socket, head) => {
    socket.on('error', () => socket.destroy());
    upgrade(known, incoming, socket, head).catch(() => socket.destroy());
  });
  // Of a former process; nobody listens on it any more.
  rmSync(ownSocket, { force: true });
  server.listen(ownSocket, () => {
    chmodSync(ownSocket, 0o600);
    console.log(JSON.stringify({ level: 'info', msg: `guards ${engineSocket}` }));
  });
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(0));
}

async function answer(known, incoming, outgoing) {
  const rule = await allowed(known, incoming);
  if (typeof rule === 'string') return refuse(outgoing, 403, rule);
  if (rule.body === undefined) return forward(incoming, outgoing);
  const body = await jsonOf(incoming);
  const problem = body === undefined ? 'it is not JSON, or too large' : rule.body(body);
  if (problem !== undefined) return refuse(outgoing, 403, problem);
  // Sent as it was read: what was looked at is what the engine gets.
  return forward(incoming, outgoing, Buffer.from(JSON.stringify(body)));
}

/** The rule that a request falls under, or why there is none. */
async function allowed(known, { method, url }) {
  const rule = ruleFor(method, url);
  if (rule === undefined) return 'nobody may ask that here';
  if (rule.owned === undefined || (await isOwn(known, rule.owned, rule.name))) return rule;
  return 'it is not one of ours';
}

/** What the engine does not know is asked for in vain anyway, and its own words about that are better. */
async function isOwn(known, kind, name) {
  if (known.has(name)) return true;
  const { status, text } = await inspect(
    kind === 'containers' ? `/containers/${name}/json` : `/networks/${name}`,
  );
  if (status === 404) return true;
  const { Config, Labels } = JSON.parse(text);
  const isOurs = status === 200 && typeof (Config?.Labels ?? Labels)?.[INSTANCE_LABEL] === 'string';
  if (known.size >= MAX_KNOWN) known.clear();
  if (isOurs && WHOLE_ID.test(name)) known.add(name);
  return isOurs;
}

function inspect(path) {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: engineSocket, path, timeout: INSPECT_LIMIT_MS }, (found) => {
      const chunks = [];
      found.on('data', (chunk) => chunks.push(chunk)).once('error', reject);
      found.once('end', () => resolve({ status: found.statusCode, text: Buffer.concat(chunks).toString() }));
    });
    asked.once('error', reject).once('timeout', () => asked.destroy(new Error('the engine is silent')));
    asked.end();
  });
}

async function jsonOf(incoming) {
  const chunks = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

function forward(incoming, outgoing, body) {
  const { method, url: path } = incoming;
  const headers = { ...incoming.headers };
  if (body !== undefined) {
    delete headers['transfer-encoding'];
    headers['content-length'] = String(body.length);
  }
  const onward = request({ socketPath: engineSocket, method, path, headers }, (found) => {
    outgoing.writeHead(found.statusCode, found.headers);
    // Streams of events and logs may be silent for long; their head must not wait for the first line.
    outgoing.flushHeaders();
    found.pipe(outgoing);
    found.once('error', () => outgoing.destroy());
  });
  onward.once('error', (error) =>
    refuse(outgoing, 502, `the engine does not answer: ${error.code ?? error.message}`),
  );
  outgoing.once('close', () => onward.destroy());
  if (body === undefined) incoming.pipe(onward);
  else onward.end(body);
}

/** Attaching: from here on both sides say what they like, about a container of ours. */
async function upgrade(known, incoming, socket, head) {
  const rule = await allowed(known, incoming);
  if (typeof rule === 'string' || rule.owned === undefined || !incoming.url.includes('/attach')) {
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    return;
  }
  const onward = connect({ path: engineSocket, allowHalfOpen: true }, () => {
    const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`];
    for (let at = 0; at < incoming.rawHeaders.length; at += 2)
      lines.push(`${incoming.rawHeaders[at]}: ${incoming.rawHeaders[at + 1]}`);
    onward.write(`${lines.join('\r\n')}\r\n\r\n`);
    onward.write(head);
    socket.pipe(onward).pipe(socket);
  });
  for (const [one, other] of [
    [socket, onward],
    [onward, socket],
  ])
    one
      .on('error', () => other.destroy())
      // One that ended in order has ended the other behind its last byte.
      .once('close', () => void (one.readableEnded || other.destroy()));
}

function refuse(outgoing, status, words) {
  if (outgoing.headersSent) return void outgoing.destroy();
  if (status === 403) console.log(JSON.stringify({ level: 'warn', msg: `refused: ${words}` }));
  outgoing
    .writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' })
    .end(JSON.stringify({ message: `Refused on the way to the engine: ${words}.` }));
}
