import { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { type AddressInfo } from 'node:net';
import { PlainRequest, PlainServer, type RawRequest, type RawResponse } from '@app/plain-http';
import { failure, isCall, isRequest, metaOf, parseMessage, type RpcMessage } from '../wire/json-rpc';
import { HEADER, MAX_REQUEST_BYTES, META, NEWER_VERSION, RPC } from '../wire/protocol';
import { BridgedInstance } from './bridged-instance';
import { StreamsNotHeldError } from '../errors';
import { finishWithError } from './bridge-failure';
import { acceptsStream, HttpReply } from './http-reply';
import { serveOlder } from './older-face';
import { type PerSessionChildren } from './own-processes';
import { type StdioBridge } from './stdio-bridge';

export { SHARED_SESSION } from './bridged-instance';
export { type OwnProcess, type PerSessionChildren } from './own-processes';

export interface BridgeCaller {
  readonly instanceId: string;
  /** The bearer token, without the scheme. */
  readonly token: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

export interface BridgeServerOptions {
  /** Loopback, or the one interface that the gateway reaches. */
  readonly host: string;
  /** 0, the default, lets the system choose. */
  readonly port?: number;
  readonly verify: (caller: BridgeCaller) => boolean;
}

const PATH = /^\/bridge\/([A-Za-z0-9-]{1,64}(?:\.\d{1,4})?)\/mcp$/;
const REAP_EVERY_MS = 30_000;
const MAX_CONNECTIONS = 2_000;
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  /** Longer than any client of ours keeps an idle connection, so that it is never the server who hangs up first. */
  keepAliveTimeout: 65_000,
} as const;

/** Serves stdio servers as streamable HTTP on a loopback port: `/bridge/<instance id>/mcp`. */
export class BridgeServer {
  private readonly instances = new Map<string, BridgedInstance>();
  private readonly server: PlainServer;
  private reaper: NodeJS.Timeout | undefined;

  constructor(private readonly options: BridgeServerOptions) {
    const serve = (request: RawRequest, response: RawResponse): void => {
      this.serve(request, response);
    };
    this.server = new PlainServer(LIMITS, serve);
    this.server.takePlain({ takes: ({ bodyBytes }) => bodyBytes <= MAX_REQUEST_BYTES, serve });
    this.server.maxConnections = MAX_CONNECTIONS;
  }

  start(): Promise<{ readonly port: number }> {
    this.reaper = setInterval(() => {
      for (const instance of this.instances.values()) instance.reap(performance.now());
    }, REAP_EVERY_MS).unref();
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.options.port ?? 0, this.options.host, () => {
        this.server.removeListener('error', reject);
        resolve({ port: this.port });
      });
    });
  }

  /** Address under which an instance is, or would be, served. */
  url(instanceId: string): string {
    const { host } = this.options;
    return `http://${host.includes(':') ? `[${host}]` : host}:${this.port}/bridge/${instanceId}/mcp`;
  }

  /** Serves an instance through its opened bridge, in place of what served it before; returns its address. */
  attach(instanceId: string, bridge: StdioBridge, perSession?: PerSessionChildren): string {
    this.detach(instanceId);
    this.instances.set(instanceId, new BridgedInstance(bridge, perSession));
    return this.url(instanceId);
  }

  /** Ends the sessions of an instance; until it is attached again its address answers that it is not served now. */
  detach(instanceId: string): void {
    this.instances.get(instanceId)?.close();
    this.instances.delete(instanceId);
  }

  /** Client sessions of an instance. */
  sessionCount(instanceId: string): number {
    return this.instances.get(instanceId)?.sessionCount ?? 0;
  }

  stop(): Promise<void> {
    clearInterval(this.reaper);
    for (const id of [...this.instances.keys()]) this.detach(id);
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }

  private get port(): number {
    return (this.server.address() as AddressInfo | null)?.port ?? this.options.port ?? 0;
  }

  private serve(request: RawRequest, response: RawResponse): void {
    const instanceId = instanceOf(request);
    const refused = this.refusal(instanceId, request);
    if (refused !== undefined) {
      refuse(response, refused);
      return;
    }
    const instance = this.instances.get(instanceId ?? '');
    if (instance === undefined)
      finishWithError(new HttpReply(response, false), null, new StreamsNotHeldError());
    else if (request.method === 'POST') this.post(instance, request, response);
    else if (request.method === 'GET' || request.method === 'DELETE') bodiless(instance, request, response);
    else refuse(response, { status: 405, message: 'Method not allowed' });
  }

  private refusal(instanceId: string | undefined, request: RawRequest): Refusal | undefined {
    if (instanceId === undefined) return { status: 404, message: 'No such address' };
    // Browsers have no business here, and they are the only ones to send this header.
    if (request.headers.origin !== undefined) return { status: 403, message: 'Not for browsers' };
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const isKnown = this.options.verify({ instanceId, token, headers: request.headers });
    return isKnown ? undefined : { status: 401, message: 'Not authorised' };
  }

  private post(instance: BridgedInstance, request: RawRequest, response: RawResponse): void {
    readBody(request, (text) => {
      this.take(instance, text, request, response);
    });
  }

  private take(
    instance: BridgedInstance,
    text: string | undefined,
    request: RawRequest,
    response: RawResponse,
  ): void {
    if (text === undefined) {
      refuse(response, { status: 413, message: `A message may have ${MAX_REQUEST_BYTES} bytes` });
      return;
    }
    const message = parseMessage(text);
    if (message === undefined)
      refuse(response, { status: 400, message: 'Not one JSON-RPC message', code: RPC.parse });
    else route(instance, message, request, response);
  }
}

interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly code?: number;
}

const instanceOf = (request: RawRequest): string | undefined =>
  PATH.exec(request.url?.split('?', 1)[0] ?? '')?.[1];

function refuse(response: RawResponse, { status, message, code }: Refusal): void {
  // The rest of a body that is not read would be taken for the next request.
  const headers = status === 413 ? { Connection: 'close' } : undefined;
  new HttpReply(response, false, headers).finish(failure(null, code ?? RPC.invalidRequest, message), status);
}

const isNewer = (message: RpcMessage, headers: IncomingHttpHeaders): boolean => {
  const header = headers[HEADER.version];
  const isNewerHeader = typeof header === 'string' && header >= NEWER_VERSION;
  return isNewerHeader || (isCall(message) && metaOf(message.params)[META.version] !== undefined);
};

function route(
  instance: BridgedInstance,
  message: RpcMessage,
  request: RawRequest,
  response: RawResponse,
): void {
  const { headers } = request;
  const makeReply = (more: Record<string, string> = {}): HttpReply =>
    new HttpReply(response, acceptsStream(request), more);
  if (isNewer(message, headers)) {
    if (isRequest(message)) instance.serveNewer(message, headers, makeReply());
    else makeReply().end();
    return;
  }
  if (isRequest(message) && message.method === 'initialize') {
    void instance.begin(message, headers, makeReply);
    return;
  }
  const session = sessionOf(instance, request, response);
  if (session !== undefined) serveOlder(session, message, makeReply());
}

/** Answers for itself when there is none: 404 is what makes a client begin anew. */
function sessionOf(
  instance: BridgedInstance,
  request: RawRequest,
  response: RawResponse,
): ReturnType<BridgedInstance['session']> {
  const id = request.headers[HEADER.session];
  if (typeof id !== 'string') {
    refuse(response, { status: 400, message: 'Mcp-Session-Id is missing' });
    return undefined;
  }
  const session = instance.session(id);
  if (session === undefined) refuse(response, { status: 404, message: 'Session not found' });
  return session;
}

function bodiless(instance: BridgedInstance, request: RawRequest, response: RawResponse): void {
  const version = request.headers[HEADER.version];
  if (typeof version === 'string' && version >= NEWER_VERSION) {
    refuse(response, { status: 405, message: 'Method not allowed' });
    return;
  }
  const session = sessionOf(instance, request, response);
  if (session === undefined) return;
  const reply = new HttpReply(response, true);
  if (request.method === 'GET') {
    session.openStream(reply);
    return;
  }
  instance.end(session.id);
  reply.end(200);
}

/** undefined when it is too long or never came: the refusal that follows then reaches nobody. */
function readBody(request: RawRequest, onText: (text: string | undefined) => void): void {
  if (request instanceof PlainRequest)
    request.takeBody((body) => {
      onText(body?.toString('utf8'));
    });
  else readStream(request, onText);
}

/** By events: an iterator would cost a third of a small request. */
function readStream(request: IncomingMessage, onText: (text: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let isTold = false;
  const tell = (text: string | undefined): void => {
    if (!isTold) onText(text);
    isTold = true;
  };
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_REQUEST_BYTES) chunks.push(chunk);
    else tell(undefined);
  });
  request.on('end', () => {
    tell((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString('utf8') ?? '');
  });
  request.on('error', () => {
    tell(undefined);
  });
}
