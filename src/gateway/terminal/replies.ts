import { type JsonObject } from '@app/kernel';
import { MAX_MESSAGE_BYTES, RPC, type RpcError, type RpcId } from '@app/mcp';
import { type RawResponse } from '@app/plain-http';

/** The one place where a result becomes text: it is as large as anything we answer with, so it is written once. */
export function resultText(id: RpcId, result: JsonObject): string {
  const text = `${beforeResult(id)}${JSON.stringify(result)}}`;
  if (text.length <= MAX_MESSAGE_BYTES) return text;
  const limit = `The result is longer than ${MAX_MESSAGE_BYTES} characters`;
  return errorText(id, { code: RPC.internal, message: limit, data: { code: 'result_too_long' } });
}

const LINE_BREAKS = /[\r\n]+/g;
const RESULT_END = Buffer.from('}');

/** A result that nobody looked into. */
export function sendPassed(response: RawResponse, id: RpcId, result: Buffer): void {
  if (!isOpen(response)) return;
  const body = Buffer.concat([Buffer.from(beforeResult(id)), result, RESULT_END]);
  response.writeHead(200, ['Content-Type', 'application/json', 'Content-Length', String(body.length)]);
  response.end(body);
}

/** The same as one line, which is what an event can hold: in JSON, line breaks are nothing but white space. */
export const passedText = (id: RpcId, result: Buffer): string =>
  `${beforeResult(id)}${result.toString().replace(LINE_BREAKS, ' ')}}`;

const beforeResult = (id: RpcId): string => `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`;

export const errorText = (id: RpcId | null, error: RpcError): string =>
  JSON.stringify({ jsonrpc: '2.0', id, error });

export const isOpen = (response: RawResponse): boolean =>
  !response.headersSent && !response.writableEnded && !response.destroyed;

export function sendJson(
  response: RawResponse,
  text: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (!isOpen(response)) return;
  response.writeHead(status, {
    ...headers,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** For a message that has no answer. */
export function sendNothing(response: RawResponse, status = 202): void {
  if (!isOpen(response)) return;
  response.writeHead(status, { 'Content-Length': 0 });
  response.end();
}

export function refuse(
  response: RawResponse,
  status: number,
  error: RpcError,
  id: RpcId | null = null,
): void {
  sendJson(response, errorText(id, error), status);
}
