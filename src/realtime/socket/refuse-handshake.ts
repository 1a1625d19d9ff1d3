import { STATUS_CODES } from 'node:http';
import { type Duplex } from 'node:stream';
import { PROBLEM_TYPE, problemOf } from '@app/http';
import { type DomainError } from '@app/kernel';

/** The answer to a handshake that must not succeed: a problem like any other, written by hand, since no framework is here. */
export function refuseHandshake(socket: Duplex, fault: DomainError, requestId: string): void {
  const { body, headers } = problemOf(fault, { path: '/ws', requestId, traceId: requestId });
  const text = JSON.stringify(body);
  const lines = [
    `HTTP/1.1 ${String(body.status)} ${STATUS_CODES[body.status] ?? ''}`,
    'Connection: close',
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${String(Buffer.byteLength(text))}`,
    `X-Request-Id: ${requestId}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  // Whoever is gone already needs no answer.
  socket.on('error', () => undefined);
  socket.once('finish', () => socket.destroy());
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`);
}
