import { type RawRequest, type RawResponse } from '@app/plain-http';
import { Injectable } from '@nestjs/common';
import {
  FIRST_SCOPE,
  MCP_SCOPES,
  oauthScopeOf,
  OwnAddresses,
  type Permission,
  TrustedIssuers,
} from '../../identity';
import { facePathOf } from './face-path';
import { answerNothing } from './replies';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';
/** Short, because the servers that give tokens change without a start. */
const CACHED_S = 300;
const JSON_HEADERS = {
  'Content-Type': 'application/json',
  'Cache-Control': `public, max-age=${CACHED_S}`,
  // Clients in a browser read it before they have a credential; it tells nothing that the address does not.
  'Access-Control-Allow-Origin': '*',
} as const;

/** Where clients find out how to be let in (RFC 9728), in the words of the address they used, which was judged before. */
@Injectable()
export class ResourceMetadata {
  constructor(
    private readonly addresses: OwnAddresses,
    private readonly issuers: TrustedIssuers,
  ) {}

  /** The address that tokens for this request must name, or the whole installation's. */
  resourceOf({ headers, url = '' }: RawRequest): string {
    return this.addresses.resource(headers.host, pathOf(url));
  }

  /** For who showed nothing, or nothing good: what is needed to begin. */
  challenge(request: RawRequest, credentialSent: boolean): string {
    const error = credentialSent ? 'error="invalid_token", ' : '';
    return `Bearer realm="quayside", ${error}scope="${FIRST_SCOPE}", ${this.pointer(request)}`;
  }

  /** For who may not do this: exactly what it needs, so that a client can ask for that much more. */
  stepUp(request: RawRequest, permission: Permission): string {
    const scope = oauthScopeOf(permission);
    return `Bearer realm="quayside", error="insufficient_scope", scope="${scope}", ${this.pointer(request)}`;
  }

  answer(path: string, request: RawRequest, response: RawResponse): void {
    const { method, headers } = request;
    if (method !== 'GET' && method !== 'HEAD') {
      answerNothing(response, 405, ['Allow', 'GET, HEAD']);
      return;
    }
    if (path !== '' && facePathOf(path) === undefined) {
      answerNothing(response, 404);
      return;
    }
    const body = JSON.stringify(this.documentOf(path, headers.host));
    response.writeHead(200, { ...JSON_HEADERS, 'Content-Length': Buffer.byteLength(body) });
    response.end(method === 'GET' ? body : undefined);
  }

  private documentOf(path: string, host: string | undefined): object {
    const servers = this.issuers.all().filter(({ servesMcp }) => servesMcp);
    return {
      resource: this.addresses.resource(host, path),
      // Nobody who gives tokens: clients are given a key by hand.
      ...(servers.length === 0
        ? {}
        : {
            authorization_servers: [...new Set(servers.map(({ issuer }) => issuer))],
            scopes_supported: MCP_SCOPES,
          }),
      bearer_methods_supported: ['header'],
      resource_name: 'Quayside',
    };
  }

  private pointer({ headers, url = '' }: RawRequest): string {
    return `resource_metadata="${this.addresses.originOf(headers.host)}${WELL_KNOWN}${pathOf(url)}"`;
  }
}

const pathOf = (url: string): string => url.split('?', 1)[0] ?? '';
