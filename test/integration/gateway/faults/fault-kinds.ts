import { type ServerResponse } from 'node:http';
import { type Message } from './misbehaving';

type Act = (response: ServerResponse, message: Message) => void;

const JSON_TYPE = { 'content-type': 'application/json' };
const STREAM_TYPE = { 'content-type': 'text/event-stream' };
const CHUNK = Buffer.alloc(64 * 1_024, 'x');
/** An endless answer ends all the same once so much of it was taken: whoever reads on has no limit. */
export const ENDLESS_BYTES = 256 * 1_024 * 1_024;

const progress = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'soon' } };
const answerTo = ({ id }: Message, words: string): string =>
  JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: words }] } });

/** Bytes that endless answers got rid of. */
export const taken = { bytes: 0 };

/** Ways in which a server takes a call up and does not answer it as it should. */
export const FAULTS = {
  hangs: () => undefined,
  'hangs after its head': (response) => {
    response.writeHead(200, JSON_TYPE).flushHeaders();
  },
  'hangs in its stream': (response) => {
    response.writeHead(200, STREAM_TYPE).write(`data: ${JSON.stringify(progress)}\n\n`);
  },
  'resets at once': (response) => {
    response.destroy();
  },
  'resets within its answer': (response, message) => {
    const answer = answerTo(message, 'half of this');
    response.writeHead(200, { ...JSON_TYPE, 'content-length': answer.length });
    response.write(answer.slice(0, answer.length / 2), () => response.destroy());
  },
  'resets within its stream': (response) => {
    response.writeHead(200, STREAM_TYPE);
    response.write(`data: ${JSON.stringify(progress)}\n\ndata: {"jsonrpc"`, () => response.destroy());
  },
  'ends its stream without an answer': (response) => {
    response.writeHead(200, STREAM_TYPE).end(`data: ${JSON.stringify(progress)}\n\n`);
  },
  'answers nothing': (response) => {
    response.writeHead(200, { ...JSON_TYPE, 'content-length': 0 }).end();
  },
  'answers garbage': (response) => {
    response.writeHead(200, JSON_TYPE).end('\u0000{"jsonrpc": oops');
  },
  'answers something else': (response) => {
    response.writeHead(200, JSON_TYPE).end('{"hello":"world"}');
  },
  'answers another question': (response, message) => {
    response.writeHead(200, JSON_TYPE).end(answerTo({ ...message, id: 987_654_321 }, 'not yours'));
  },
  'answers with a page': (response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Welcome!</body></html>');
  },
  'answers with an error page': (response) => {
    response.writeHead(500, { 'content-type': 'text/html' }).end('<html><body>Sorry!</body></html>');
  },
  'answers in bytes of no kind': (response, message) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(answerTo(message, 'bytes'));
  },
  'answers without end': (response) => {
    response.writeHead(200, JSON_TYPE).write('{"jsonrpc":"2.0","result":{"content":[{"type":"text","text":"');
    pour(response);
  },
  'sends an event without end': (response) => {
    response.writeHead(200, STREAM_TYPE).write('data: ');
    pour(response);
  },
  'drips its answer': (response, message) => {
    response.writeHead(200, JSON_TYPE);
    drip(response, Buffer.from(answerTo(message, message.params?.arguments?.message ?? '')));
  },
  'drips its stream': (response, message) => {
    response.writeHead(200, STREAM_TYPE);
    const answer = answerTo(message, message.params?.arguments?.message ?? '');
    drip(response, Buffer.from(`event: message\ndata: ${answer}\n\n`));
  },
} satisfies Record<string, Act>;

export type Fault = keyof typeof FAULTS;

/** Slow, and right in the end. */
export const HEARD_OUT: readonly Fault[] = ['drips its answer', 'drips its stream'];
/** Ends by the patience of the gateway alone. */
export const isSilence = (how: Fault): boolean => how.startsWith('hangs');

/** One byte for each turn of the loop: as many packets as there are bytes. */
function drip(response: ServerResponse, bytes: Buffer, at = 0): void {
  if (at === bytes.length) response.end();
  else response.write(bytes.subarray(at, at + 1), () => setImmediate(drip, response, bytes, at + 1));
}

function pour(response: ServerResponse, sent = 0): void {
  if (response.destroyed) return;
  if (sent >= ENDLESS_BYTES) {
    response.end();
    return;
  }
  response.write(CHUNK, () => {
    taken.bytes += CHUNK.length;
    pour(response, sent + CHUNK.length);
  });
}
