import { type IncomingHttpHeaders } from 'node:http';
import { type DomainError } from '@app/kernel';
import { HostNotAllowedError, OriginNotAllowedError } from '../problems/request-errors';

export interface AllowedHostsOptions {
  /** Comma-separated in the setting; the hosts of these are allowed. */
  readonly publicUrls: readonly string[];
  /** Exact origins of pages that may call us from elsewhere. */
  readonly corsOrigins: readonly string[];
}

const LOCAL = ['localhost', '127.0.0.1', '[::1]'] as const;
/** Probes and scrapers come by address; what they get without a credential says nothing. */
const OPEN_TO_ANY_HOST = /^\/(?:health|metrics)(?:[/?]|$)/;

/** Stops web pages that reach us by a name of their own (DNS rebinding), and pages of other origins. */
export class AllowedHosts {
  private readonly hosts: ReadonlySet<string>;
  private readonly origins: ReadonlySet<string>;

  constructor({ publicUrls, corsOrigins }: AllowedHostsOptions) {
    const urls = publicUrls.map((text) => new URL(text));
    this.hosts = new Set([...LOCAL, ...urls.map(({ hostname }) => hostname)]);
    this.origins = new Set([...urls.map(({ origin }) => origin), ...corsOrigins]);
  }

  /** The error to answer with; undefined when host and origin are fine. */
  check(path: string, headers: IncomingHttpHeaders): DomainError | undefined {
    if (OPEN_TO_ANY_HOST.test(path)) return undefined;
    const host = parseHost(headers.host);
    if (host === undefined || !this.hosts.has(host.hostname)) return new HostNotAllowedError();
    return this.isOriginAllowed(headers.origin, host) ? undefined : new OriginNotAllowedError();
  }

  private isOriginAllowed(origin: string | undefined, { host }: URL): boolean {
    if (origin === undefined || this.origins.has(origin)) return true;
    // The page came from this very server, under the name that the request used.
    return origin === `http://${host}` || origin === `https://${host}`;
  }
}

function parseHost(header: string | undefined): URL | undefined {
  // What is more than a host and a port could make the parser see another host than we do.
  if (header === undefined || !/^[A-Za-z0-9._\-[\]:]+$/.test(header)) return undefined;
  return URL.canParse(`http://${header}`) ? new URL(`http://${header}`) : undefined;
}
