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
  private readonly openPaths: ((path: string) => boolean)[] = [];

  constructor({ publicUrls, corsOrigins }: AllowedHostsOptions) {
    const urls = publicUrls.map((text) => new URL(text));
    this.hosts = new Set([...LOCAL, ...urls.map(({ hostname }) => hostname)]);
    this.origins = new Set([...urls.map(({ origin }) => origin), ...corsOrigins]);
  }

  /** Pages of any origin may ask for what this covers; under which host, is checked all the same. */
  openToPages(covers: (path: string) => boolean): void {
    this.openPaths.push(covers);
  }

  /** The error to answer with; undefined when host and origin are fine. */
  check(path: string, headers: IncomingHttpHeaders): DomainError | undefined {
    const host = hostOf(headers.host);
    if (host !== undefined && headers.origin === undefined && this.hosts.has(host.hostname)) return undefined;
    if (OPEN_TO_ANY_HOST.test(path)) return undefined;
    if (host === undefined || !this.hosts.has(host.hostname)) return new HostNotAllowedError();
    if (this.isOriginAllowed(headers.origin, host)) return undefined;
    return this.openPaths.some((covers) => covers(path)) ? undefined : new OriginNotAllowedError();
  }

  private isOriginAllowed(origin: string | undefined, { host }: Host): boolean {
    if (origin === undefined || this.origins.has(origin)) return true;
    // The page came from this very server, under the name that the request used.
    return origin === `http://${host}` || origin === `https://${host}`;
  }
}

type Host = Pick<URL, 'host' | 'hostname'>;
/** The header names no host. */
const NONE = 'none';

/** Clients send the same few hosts again and again, and reading one costs more than the check; strangers push others out. */
const READ_MAX = 100;
const read = new Map<string, Host | typeof NONE>();

function hostOf(header: string | undefined): Host | undefined {
  if (header === undefined) return undefined;
  const known = read.get(header);
  if (known !== undefined) return known === NONE ? undefined : known;
  const host = parseHost(header);
  if (read.size >= READ_MAX) read.clear();
  read.set(header, host ?? NONE);
  return host;
}

function parseHost(header: string): Host | undefined {
  // What is more than a host and a port could make the parser see another host than we do.
  if (!/^[A-Za-z0-9._\-[\]:]+$/.test(header)) return undefined;
  if (!URL.canParse(`http://${header}`)) return undefined;
  const { host, hostname } = new URL(`http://${header}`);
  return { host, hostname };
}
