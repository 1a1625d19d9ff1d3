import { type FastifyInstance } from 'fastify';
import secureJsonParse from 'secure-json-parse';
import { ForbiddenKeyError, MalformedBodyError } from '../problems/request-errors';
import { UNSUPPORTED_MEDIA_TYPE } from '../problems/framework-problems';
import { refuseDuplicateKeys } from './duplicate-keys';
import { checkJsonLimits } from './json-limits';
import { refuseUnstorableText } from './unstorable-text';

const JSON_TYPES = ['application/json', 'application/merge-patch+json'];
/** Made once: it costs more than what it does for most bodies. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** The only way a body gets in. Other types and packed bodies are 415. */
export function acceptJsonOnly(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(JSON_TYPES, { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    const encoding = request.headers['content-encoding'];
    const isPacked = encoding !== undefined && encoding.toLowerCase() !== 'identity';
    if (isPacked)
      done(Object.assign(new Error('packed body'), { statusCode: UNSUPPORTED_MEDIA_TYPE.status }));
    else done(null, payload);
  });
}

/** undefined for no bytes at all: clients that always send a type also send it with an empty body. */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  const keys = checkJsonLimits(bytes);
  const text = decode(bytes);
  const parsed = parseSafely(text);
  refuseDuplicateKeys(text, parsed, keys);
  refuseUnstorableText(text, parsed);
  return parsed;
}

function parseSafely(text: string): unknown {
  try {
    return secureJsonParse.parse(text, { protoAction: 'error', constructorAction: 'error' }) as unknown;
  } catch {
    // The parser has one error for two faults; which one it was decides what the caller should do.
    if (isJson(text)) throw new ForbiddenKeyError();
    throw new MalformedBodyError('The body is not valid JSON.');
  }
}

function decode(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new MalformedBodyError('The body is not valid UTF-8.');
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
