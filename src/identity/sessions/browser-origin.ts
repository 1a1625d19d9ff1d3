import { type IncomingHttpHeaders } from 'node:http';

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const JSON_TYPE = /^application\/(?:merge-patch\+)?json\s*(?:;|$)/i;

export const isSafeMethod = (method: string): boolean => SAFE.has(method);

/** What a browser says of where a request came from, held against the addresses that are ours. */
export class BrowserOrigin {
  private readonly publicOrigins: ReadonlySet<string>;

  constructor(publicUrls: readonly string[]) {
    this.publicOrigins = new Set(publicUrls.map((url) => new URL(url).origin));
  }

  /** Whether the browser speaks TLS with the host it named. A proxy of ours may end it, so our own socket does not know. */
  isSecure(host: string): boolean {
    return this.publicOrigins.has(`https://${host.toLowerCase()}`);
  }

  isLoopback(host: string): boolean {
    return LOOPBACK.test(host.toLowerCase()) && !this.isSecure(host);
  }

  /** Whether what is typed in the browser would travel in the clear, and a cookie that needs TLS would be thrown away. */
  isInTheClear({ host = '', origin }: IncomingHttpHeaders): boolean {
    if (this.isLoopback(host)) return false;
    return origin === undefined ? !this.isSecure(host) : !origin.startsWith('https://');
  }

  /**
   * Whether a page of ours made the request, and with a body that no form can send. Newer browsers say where a request came
   * from in a header that pages cannot set; for the others there is the origin; what says neither is no browser's request.
   */
  isOurPage(headers: IncomingHttpHeaders): boolean {
    return this.isSameOrigin(headers) && hasJsonOrNothing(headers);
  }

  private isSameOrigin(headers: IncomingHttpHeaders): boolean {
    const site = headers['sec-fetch-site'];
    if (site !== undefined) return site === 'same-origin';
    const { origin, host = '' } = headers;
    // Without TLS anybody on the way could have made the page: it is not ours where ours come with TLS.
    return origin === `https://${host}` || (origin === `http://${host}` && !this.isSecure(host));
  }
}

function hasJsonOrNothing(headers: IncomingHttpHeaders): boolean {
  const type = headers['content-type'];
  if (type !== undefined) return JSON_TYPE.test(type);
  const length = headers['content-length'];
  return headers['transfer-encoding'] === undefined && (length === undefined || length === '0');
}
