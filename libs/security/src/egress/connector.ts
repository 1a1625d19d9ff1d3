import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { buildConnector } from 'undici';
import { type Address, parseAddress } from './addresses';
import { EgressRefusedError, OutboundFailure } from './errors';
import { type EgressRules, type Resolve, type Target } from './rules';

/** Opens a TCP connection to a checked address; replaced by tests that play a hostile network. */
export type Dial = (address: string, port: number) => Socket;

export interface ConnectorOptions {
  readonly connectTimeoutMs: number;
  readonly resolve?: Resolve;
  readonly dial?: Dial;
}

/** Happy eyeballs without the eyes: a server with more dead addresses than this is down. */
const MAX_ADDRESSES_TRIED = 4;

/** Connects to addresses it has judged, and to nothing else: no second resolution can happen behind its back. */
export function guardedConnector(rules: EgressRules, options: ConnectorOptions): buildConnector.connector {
  const { connectTimeoutMs, resolve = resolveAll, dial = dialTcp } = options;
  const secure = buildConnector({ timeout: connectTimeoutMs, allowH2: false });

  return (request, callback) => {
    const target: Target = {
      hostname: request.hostname.replace(/\.$/, '').toLowerCase(),
      port: Number(request.port === '' ? (request.protocol === 'https:' ? 443 : 80) : request.port),
      isSecure: request.protocol === 'https:',
    };
    const open = async (): Promise<Socket> => {
      const addresses = await judgedAddresses(rules, target, resolve);
      return dialFirst(addresses, target, { rules, dial, connectTimeoutMs });
    };
    open().then(
      (socket) => {
        if (target.isSecure) secure({ ...request, httpSocket: socket }, callback);
        else callback(null, socket);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new OutboundFailure('tcp', 'UNKNOWN'), null);
      },
    );
  };
}

/** One forbidden answer spoils the whole name: a mixed answer is how rebinding works. */
async function judgedAddresses(
  rules: EgressRules,
  target: Target,
  resolve: Resolve,
): Promise<readonly string[]> {
  const literal = parseAddress(target.hostname);
  const texts = literal === undefined ? await resolve(target.hostname) : [literal.toString()];
  const addresses = texts.map((text) => judged(rules, target, text));
  const denied = await rules.judgeDeniedNames(target, addresses, resolve);
  if (denied !== undefined) throw new EgressRefusedError(denied);
  if (addresses.length === 0) throw new OutboundFailure('dns', 'ENOTFOUND');
  return texts;
}

function judged(rules: EgressRules, target: Target, text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new EgressRefusedError('not a valid address');
  const reason = rules.judgeAddress(target, address);
  if (reason !== undefined) throw new EgressRefusedError(reason);
  return address;
}

interface DialContext {
  readonly rules: EgressRules;
  readonly dial: Dial;
  readonly connectTimeoutMs: number;
}

async function dialFirst(
  addresses: readonly string[],
  target: Target,
  context: DialContext,
): Promise<Socket> {
  let lastError: unknown = new OutboundFailure('tcp', 'ECONNREFUSED');
  for (const address of addresses.slice(0, MAX_ADDRESSES_TRIED)) {
    try {
      return await dialOne(address, target, context);
    } catch (error) {
      if (error instanceof EgressRefusedError) throw error;
      lastError = error;
    }
  }
  throw lastError;
}

function dialOne(address: string, target: Target, context: DialContext): Promise<Socket> {
  return new Promise<Socket>((resolve, reject) => {
    const socket = context.dial(address, target.port);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const onError = (error: NodeJS.ErrnoException): void => {
      fail(new OutboundFailure('tcp', error.code ?? 'UNKNOWN', { cause: error }));
    };
    const timer = setTimeout(() => {
      fail(new OutboundFailure('timeout', 'ETIMEDOUT'));
    }, context.connectTimeoutMs);
    socket.once('error', onError);
    socket.once('connect', () => {
      try {
        // Not a byte was written yet. What the network made of our address is judged like an answer of DNS.
        judged(context.rules, target, socket.remoteAddress ?? '');
      } catch (error) {
        fail(error as Error);
        return;
      }
      clearTimeout(timer);
      socket.off('error', onError);
      resolve(socket);
    });
  });
}

async function resolveAll(hostname: string): Promise<readonly string[]> {
  try {
    const answers = await lookup(hostname, { all: true, verbatim: true });
    return answers.map(({ address }) => address);
  } catch (error) {
    const { code = 'UNKNOWN' } = error as NodeJS.ErrnoException;
    throw new OutboundFailure('dns', code, { cause: error });
  }
}

const dialTcp: Dial = (address, port) =>
  connect({ host: address, port, family: isIP(address), noDelay: true, keepAlive: true });
