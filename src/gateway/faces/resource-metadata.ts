import { type IncomingMessage, type ServerResponse } from 'node:http';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';
const CACHED_S = 3_600;

/** Where clients find out how to be let in (RFC 9728), in the words of the address they used, which was judged before. */
export class ResourceMetadata {
  private readonly publicUrl: URL;

  constructor(publicUrl: string) {
    this.publicUrl = new URL(publicUrl);
  }

  challenge(request: IncomingMessage, more = ''): string {
    const path = request.url?.split('?', 1)[0] ?? '';
    return `Bearer realm="quayside", ${more}resource_metadata="${this.origin(request)}${WELL_KNOWN}${path}"`;
  }

  answer(path: string, request: IncomingMessage, response: ServerResponse): void {
    const body = JSON.stringify({
      resource: this.origin(request) + path,
      bearer_methods_supported: ['header'],
      resource_name: 'Quayside',
    });
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    response.writeHead(isRead ? 200 : 405, {
      ...(isRead ? { 'Content-Type': 'application/json' } : { Allow: 'GET, HEAD' }),
      'Content-Length': isRead ? Buffer.byteLength(body) : 0,
      'Cache-Control': `public, max-age=${CACHED_S}`,
      // Clients in a browser read it before they have a credential; it tells nothing that the address does not.
      'Access-Control-Allow-Origin': '*',
    });
    response.end(isRead && request.method === 'GET' ? body : undefined);
  }

  /** Behind a proxy that ends TLS the host is all that arrives; the scheme is the one of our public address. */
  private origin({ headers }: IncomingMessage): string {
    const { host = this.publicUrl.host } = headers;
    const isPublic = new URL(`http://${host}`).hostname === this.publicUrl.hostname;
    return `${isPublic ? this.publicUrl.protocol : 'http:'}//${host}`;
  }
}
