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
    const host = hostOf(headers.host);
    if (host === undefined || !this.hosts.has(host.hostname)) return new HostNotAllowedError();
    return this.isOriginAllowed(headers.origin, host) ? undefined : new OriginNotAllowedError();
  }

  private isOriginAllowed(origin: string | undefined, { host }: URL): boolean {
    if (origin === undefined || this.origins.has(origin)) return true;
    // The page came from this very server, under the name that the request used.
    return origin === `http://${host}` || origin === `https://${host}`;
  }
}

/** Clients send the same few hosts again and again, and reading one costs more than the check; strangers push others out. */
const READ_MAX = 100;
const read = new Map<string, URL | undefined>();

function hostOf(header: string | undefined): URL | undefined {
  if (header === undefined) return undefined;
  if (read.has(header)) return read.get(header);
  const host = parseHost(header);
  if (read.size >= READ_MAX) read.clear();
  read.set(header, host);
  return host;
}

function parseHost(header: string): URL | undefined {
  // What is more than a host and a port could make the parser see another host than we do.
  if (!/^[A-Za-z0-9._\-[\]:]+$/.test(header)) return undefined;
  return URL.canParse(`http://${header}`) ? new URL(`http://${header}`) : undefined;
}
