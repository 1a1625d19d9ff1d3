import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { olderServer, json, result, text } from './odd-server';

/** What a test may change while it runs. */
export interface Behaviour {
  /** Overrides members of a document. */
  resourceMetadata: object;
  serverMetadata: object;
  /** Scopes that the MCP server demands for calls. */
  neededScope: string;
  /** Of tokens, in seconds. */
  lifeS: number;
  tokenStatus: number;
  /** No token is good enough. */
  refusesAll: boolean;
}

/** An MCP server with its authorization server, on one address; both take nothing but what they should. */
export class ProtectedServer {
  readonly behaviour: Behaviour = {
    resourceMetadata: {},
    serverMetadata: {},
    neededScope: 'basic',
    lifeS: 3_600,
    tokenStatus: 200,
    refusesAll: false,
  };
  readonly tokenRequests: URLSearchParams[] = [];
  readonly proofs: (string | undefined)[] = [];
  calls = 0;
  refused = 0;
  origin = '';
  private valid = new Map<string, string>();
  private server: Server | undefined;
  private readonly mcp = olderServer((call, response) => {
    this.calls += 1;
    json(response, result(call, text('ok')));
  });

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      this.answer(request, response);
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.origin = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  get url(): string {
    return `${this.origin}/mcp`;
  }

  /** Every token so far is worth nothing from now on. */
  revoke(): void {
    this.valid = new Map();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { behaviour, origin } = this;
    switch (request.url) {
      case '/.well-known/oauth-protected-resource/mcp':
        json(response, {
          ...{ resource: this.url, authorization_servers: [`${origin}/tenant`], scopes_supported: ['basic'] },
          ...behaviour.resourceMetadata,
        });
        break;
      // The last of the places where the metadata of an issuer with a path may be.
      case '/tenant/.well-known/openid-configuration':
        json(response, {
          ...{ issuer: `${origin}/tenant`, token_endpoint: `${origin}/token` },
          ...behaviour.serverMetadata,
        });
        break;
      case '/token':
        this.give(request, response);
        break;
      case '/mcp':
        this.guard(request, response);
        break;
      default:
        response.writeHead(404).end();
    }
  }

  private give(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      this.tokenRequests.push(form);
      this.proofs.push(request.headers.authorization);
      const { tokenStatus, lifeS } = this.behaviour;
      if (tokenStatus !== 200) {
        json(response, { error: 'server_error' }, tokenStatus);
        return;
      }
      const token = `token-${String(this.tokenRequests.length)}`;
      this.valid.set(token, form.get('scope') ?? '');
      json(response, { access_token: token, token_type: 'Bearer', expires_in: lifeS });
    });
  }

  private guard(request: IncomingMessage, response: ServerResponse): void {
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const scope = this.valid.get(token);
    const where = `resource_metadata="${this.origin}/.well-known/oauth-protected-resource/mcp"`;
    const refuse = (status: number, challenge: string): void => {
      this.refused += 1;
      request.resume();
      response.writeHead(status, { 'WWW-Authenticate': `Bearer ${challenge}` }).end();
    };
    if (scope === undefined || this.behaviour.refusesAll) refuse(401, where);
    else if (!scope.split(' ').includes(this.behaviour.neededScope))
      refuse(403, `error="insufficient_scope", scope="${this.behaviour.neededScope}", ${where}`);
    else this.mcp(request, response);
  }
}
