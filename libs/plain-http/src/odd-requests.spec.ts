import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type PlainHead } from './plain-head';
import { type RawRequest, type RawResponse } from './raw-exchange';
import { PlainServer } from './plain-server';

const LIMITS = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 72_000 };
const BODY_MAX_BYTES = 1_000_000;
/** With it a connection that is served to the end ends by itself. */
const LAST = 'GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
const BEFORE = 'POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nbefore';

/** What must never be read as plain, or not as anybody else would read it; behind each comes a request that shows where it ended. */
const ODD: Readonly<Record<string, string>> = {
  'two lengths': 'POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 30\r\n\r\nabcd',
  'the same length twice':
    'POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nabcd',
  'a list of lengths': 'POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 4, 4\r\n\r\nabcd',
  'a length with a sign': 'POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: +4\r\n\r\nabcd',
  'a negative length': 'POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: -4\r\n\r\nabcd',
  'a hexadecimal length': 'POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 0x4\r\n\r\nabcd',
  'a length with a zero ahead': 'POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 04\r\n\r\nabcd',
  'an empty length': 'POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n',
  'a length beyond all numbers':
    'POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\nabcd',
  'length and chunks':
    'POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'chunks and length':
    'POST /mcp HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n',
  chunks: 'POST /mcp HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n',
  'chunks of two kinds':
    'POST /mcp HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n',
  'chunks behind a tab': 'POST /mcp HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n',
  'chunks misspelt': 'POST /mcp HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
  'a space behind a name': 'POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length : 4\r\n\r\nabcd',
  'a line that goes on': 'POST /mcp HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\nContent-Length: 4\r\n\r\nabcd',
  'a length on a line that goes on': 'POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n 4\r\n\r\nabcd',
  'line feeds only': 'POST /mcp HTTP/1.1\nHost: x\nContent-Length: 4\n\nabcd',
  'a line feed in a value':
    'POST /mcp HTTP/1.1\r\nHost: x\r\nX-A: b\nContent-Length: 40\r\nContent-Length: 4\r\n\r\nabcd',
  'a return in a value':
    'POST /mcp HTTP/1.1\r\nHost: x\r\nX-A: b\rContent-Length: 40\r\nContent-Length: 4\r\n\r\nabcd',
  'a NUL in a value': 'POST /mcp HTTP/1.1\r\nHost: x\r\nX-A: b\0c\r\nContent-Length: 4\r\n\r\nabcd',
  'a name that is none': 'POST /mcp HTTP/1.1\r\nHost: x\r\nX(A): b\r\nContent-Length: 4\r\n\r\nabcd',
  'a line without a name': 'POST /mcp HTTP/1.1\r\nHost: x\r\n: b\r\nContent-Length: 4\r\n\r\nabcd',
  'a line without a colon': 'POST /mcp HTTP/1.1\r\nHost: x\r\nnonsense\r\nContent-Length: 4\r\n\r\nabcd',
  'no host': 'POST /mcp HTTP/1.1\r\nContent-Length: 4\r\n\r\nabcd',
  'two hosts': 'POST /mcp HTTP/1.1\r\nHost: x\r\nHost: y\r\nContent-Length: 4\r\n\r\nabcd',
  'no length': 'POST /mcp HTTP/1.1\r\nHost: x\r\n\r\n',
  'an address of another kind': 'POST http://x/mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd',
  'a space in the address': 'POST /mcp /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd',
  'an older version': 'POST /mcp HTTP/1.0\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd',
  'a version of the future': 'POST /mcp HTTP/1.2\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd',
  'a method of its own': 'POS /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd',
  'spaces between': 'POST  /mcp  HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd',
  'empty lines ahead': '\r\n\r\nPOST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd',
  'an end of the connection':
    'POST /mcp HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\nabcd',
  'a wish for another protocol':
    'POST /mcp HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nContent-Length: 4\r\n\r\nabcd',
  'a question ahead':
    'POST /mcp HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nabcd',
  'an expectation of another kind':
    'POST /mcp HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nContent-Length: 4\r\n\r\nabcd',
  'a name of every object':
    'POST /mcp HTTP/1.1\r\nHost: x\r\n__proto__: a\r\nconstructor: b\r\nContent-Length: 4\r\n\r\nabcd',
  'a long body': `POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 1000001\r\n\r\n${'z'.repeat(1_000_001)}`,
  'a great many headers': `POST /mcp HTTP/1.1\r\nHost: x\r\n${'X-A: b\r\n'.repeat(200)}Content-Length: 4\r\n\r\nabcd`,
  'a head too long': `POST /mcp HTTP/1.1\r\nHost: x\r\nX-A: ${'b'.repeat(70_000)}\r\nContent-Length: 4\r\n\r\nabcd`,
  'another method': 'GET /mcp HTTP/1.1\r\nHost: x\r\n\r\n',
  'not HTTP': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
};

/** Behind a plain one, so that the connection was ours before. */
async function heard(odd: string, isPlain: boolean): Promise<{ seen: string[]; statuses: string[] }> {
  const seen: string[] = [];
  const server = new PlainServer(LIMITS, (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push([request.method, request.url, Buffer.concat(chunks).toString()].join(' '));
      response.end('ok');
    });
  });
  const serve = (request: RawRequest, response: RawResponse): void => {
    seen.push(`plain ${String(request.url)}`);
    request.resume();
    response.writeHead(200, ['content-length', '2']);
    response.end('ok');
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let said = '';
  socket.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  const ended = once(socket, 'close');
  const takes = ({ url, bodyBytes }: PlainHead): boolean => url === '/mcp' && bodyBytes <= BODY_MAX_BYTES;
  if (isPlain) server.takePlain({ takes, serve });
  socket.write(BEFORE);
  while (!said.endsWith('ok')) await once(socket, 'data');
  seen.length = 0;
  socket.write(Buffer.from(`${odd}${LAST}`, 'latin1'));
  await ended;
  server.close();
  return { seen, statuses: [...said.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status = '']) => status) };
}

describe('a request that is not plain', () => {
  it.each(Object.entries(ODD))(
    'with %s is read by Node, and as Node alone would read it',
    async (_name, odd) => {
      const ours = await heard(odd, true);
      expect(ours).toEqual(await heard(odd, false));
      expect(ours.seen.join('\n')).not.toContain('plain');
    },
  );
});
