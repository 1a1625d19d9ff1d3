import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { byKey, claims, type MadeKey, rsaKey, tokenText } from './made-tokens';

/** How one of its issuers differs from a good one. */
export interface Oddity {
  readonly metadata?: object;
  /** Makes the token that identifies the user. */
  readonly idToken?: (good: object, key: MadeKey) => string;
}

/** Issuers that are wrong in one way each, by the first part of the path; all give out a token for any code. */
export class OddIssuer {
  readonly key = rsaKey('odd-1');
  readonly redeemed: string[] = [];
  /** What the last sign-in asked to be repeated in the token. */
  nonce = '';
  private base = '';
  private server: Server | undefined;

  constructor(private readonly oddities: Readonly<Record<string, Oddity>>) {}

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      this.answer(request, response);
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.base = `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  issuer(name: string): string {
    return `${this.base}/${name}`;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const [, name = '', ...rest] = (request.url ?? '').split('/');
    const issuer = this.issuer(name);
    const { metadata = {}, idToken = goodToken } = this.oddities[name] ?? {};
    switch (rest.join('/')) {
      case '.well-known/openid-configuration':
        json(response, {
          ...{ issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token` },
          ...{ jwks_uri: `${issuer}/keys`, code_challenge_methods_supported: ['S256'] },
          ...{ response_types_supported: ['code'], subject_types_supported: ['public'] },
          ...{ id_token_signing_alg_values_supported: ['RS256'] },
          ...{ authorization_response_iss_parameter_supported: true, ...metadata },
        });
        break;
      case 'keys':
        json(response, { keys: [this.key.jwk] });
        break;
      case 'token':
        this.redeemed.push(name);
        json(response, {
          ...{ access_token: 'none of our business', token_type: 'Bearer' },
          id_token: idToken(
            claims({ iss: issuer, aud: 'console', nonce: this.nonce, roles: ['viewer'] }),
            this.key,
          ),
        });
        break;
      default:
        response.writeHead(404).end();
    }
  }
}

const goodToken = (good: object, key: MadeKey): string =>
  byKey(tokenText({ alg: 'RS256', kid: 'odd-1' }, good), key);

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
