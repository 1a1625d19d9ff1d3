import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo } from 'node:net';
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
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than any client of ours keeps an idle connection, so that it is never the server who hangs up first. */
const KEEP_ALIVE_MS = 65_000;

/** Serves stdio servers as streamable HTTP on a loopback port: `/bridge/<instance id>/mcp`. */
export class BridgeServer {
  private readonly instances = new Map<string, BridgedInstance>();
  private readonly server: Server;
  private reaper: NodeJS.Timeout | undefined;

  constructor(private readonly options: BridgeServerOptions) {
    this.server = createServer((request, response) => {
      this.serve(request, response);
    });
    this.server.maxConnections = MAX_CONNECTIONS;
    this.server.headersTimeout = HEADERS_TIMEOUT_MS;
    this.server.requestTimeout = REQUEST_TIMEOUT_MS;
    this.server.keepAliveTimeout = KEEP_ALIVE_MS;
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

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const instanceId = instanceOf(request);
    const refused = this.refusal(instanceId, request);
    if (refused !== undefined) {
      refuse(response, refused);
      return;
    }
    const instance = this.instances.get(instanceId ?? '');
    if (instance === undefined)
      finishWithError(new HttpReply(response, false), null, new StreamsNotHeldError());
    else if (request.method === 'POST') void this.post(instance, request, response);
    else if (request.method === 'GET' || request.method === 'DELETE') bodiless(instance, request, response);
    else refuse(response, { status: 405, message: 'Method not allowed' });
  }

  private refusal(instanceId: string | undefined, request: IncomingMessage): Refusal | undefined {
    if (instanceId === undefined) return { status: 404, message: 'No such address' };
    // Browsers have no business here, and they are the only ones to send this header.
    if (request.headers.origin !== undefined) return { status: 403, message: 'Not for browsers' };
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const isKnown = this.options.verify({ instanceId, token, headers: request.headers });
    return isKnown ? undefined : { status: 401, message: 'Not authorised' };
  }

  private async post(
    instance: BridgedInstance,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const text = await readBody(request);
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

const instanceOf = (request: IncomingMessage): string | undefined =>
  PATH.exec(request.url?.split('?', 1)[0] ?? '')?.[1];

function refuse(response: ServerResponse, { status, message, code }: Refusal): void {
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
  request: IncomingMessage,
  response: ServerResponse,
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
  request: IncomingMessage,
  response: ServerResponse,
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

function bodiless(instance: BridgedInstance, request: IncomingMessage, response: ServerResponse): void {
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

/** undefined when it is too long or never came. By events: an iterator would cost a third of a small request. */
function readBody(request: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_REQUEST_BYTES) chunks.push(chunk);
      else resolve(undefined);
    });
    request.on('end', () => {
      resolve((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString('utf8') ?? '');
    });
    // The client went away half-way: the refusal that follows reaches nobody.
    request.on('error', () => {
      resolve(undefined);
    });
  });
}
