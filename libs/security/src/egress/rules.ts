import { type Address, isLoopback, isMetadata, isOfThisHost, notPublic, parseAddress } from './addresses';
import { type RefusalReason } from './errors';
import { covers, type EgressEntry, type EgressPolicy, parseEntry } from './policy';

/** Services that nobody offers over HTTP; each has been the target of requests forged in somebody's name. */
const DENIED_PORTS: ReadonlySet<number> = new Set([
  ...[1, 7, 9, 11, 13, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 79, 110, 111, 113, 119, 123, 135, 137],
  ...[139, 143, 161, 179, 389, 445, 465, 512, 513, 514, 515, 548, 587, 631, 636, 873, 993, 995, 1433, 1521],
  ...[2049, 2375, 2376, 2377, 2378, 2379, 2380, 3306, 3389, 4369, 5432, 5672, 5900, 6000, 6379, 6380, 9200],
  ...[9300, 10250, 10255, 11211, 15672, 27017, 27018, 27019],
]);
const DEFAULT_PORTS: Readonly<Partial<Record<string, number>>> = {
  'http:': 80,
  'https:': 443,
  'ws:': 80,
  'wss:': 443,
};
const SECURE: ReadonlySet<string> = new Set(['https:', 'wss:']);
/** Local mode opens what the user typed, not whatever a name may resolve to. */
const LOCAL_LITERALS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1']);

export interface Target {
  readonly hostname: string;
  readonly port: number;
  readonly isSecure: boolean;
}

export type Resolve = (hostname: string) => Promise<readonly string[]>;

export function targetOf(url: URL): Target {
  return {
    hostname: url.hostname.replace(/\.$/, '').toLowerCase(),
    port: url.port === '' ? (DEFAULT_PORTS[url.protocol] ?? 0) : Number(url.port),
    isSecure: SECURE.has(url.protocol),
  };
}

/** The policy, read once. Each method answers with the reason for a no, or undefined for a yes. */
export class EgressRules {
  readonly #allow: readonly EgressEntry[];
  readonly #deny: readonly EgressEntry[];
  readonly #localMode: boolean;

  constructor({ allow, deny, localMode }: EgressPolicy) {
    this.#allow = allow.map(parseEntry);
    this.#deny = deny.map(parseEntry);
    this.#localMode = localMode;
  }

  /** Before any look-up: what the text alone says. A redirect gets no local mode. */
  judgeUrl(url: URL, isFirstHop: boolean): RefusalReason | undefined {
    if (DEFAULT_PORTS[url.protocol] === undefined) return 'scheme';
    if (url.username !== '' || url.password !== '') return 'user name or password in the address';
    const target = targetOf(url);
    return this.judgePort(target) ?? this.judgeName(target, isFirstHop);
  }

  /** A resolved or connected address; the last word, whatever the name promised. */
  judgeAddress(target: Target, address: Address): RefusalReason | undefined {
    if (isMetadata(address)) return 'metadata address';
    if (this.isOurs(target.port, address)) return 'one of our own listeners';
    if (this.isAllowed(target, address)) return undefined;
    if (this.isLocalLiteral(target.hostname) && isLoopback(address)) return undefined;
    return notPublic(address) ?? (target.isSecure ? undefined : 'plain http');
  }

  /** Entries of `deny` that are names of other machines: compared by what they resolve to now. */
  async judgeDeniedNames(
    { port }: Target,
    addresses: readonly Address[],
    resolve: Resolve,
  ): Promise<RefusalReason | undefined> {
    const names = this.#deny.filter((entry) => entry.port === port && entry.block === undefined);
    for (const { host } of names) {
      // A name that does not resolve now is nobody's address now.
      const own = await resolve(host).catch((): readonly string[] => []);
      const texts = new Set(own.map((text) => parseAddress(text)?.toString()));
      if (addresses.some((address) => texts.has(address.toString()))) return 'one of our own listeners';
    }
    return undefined;
  }

  private judgePort({ port, hostname }: Target): RefusalReason | undefined {
    if (DENIED_PORTS.has(port) || port === 0) return 'denied port';
    const isOurs = this.#deny.some((entry) => entry.port === port && entry.host === hostname);
    return isOurs ? 'one of our own listeners' : undefined;
  }

  private judgeName(target: Target, isFirstHop: boolean): RefusalReason | undefined {
    const { hostname } = target;
    const address = parseAddress(hostname);
    if (!isFirstHop && this.isLocalLiteral(hostname) && !this.isAllowed(target, address)) {
      return 'loopback address';
    }
    if (address !== undefined) return this.judgeAddress(target, address);
    if (hostname === '') return 'not a valid address';
    const isLocalName = hostname === 'localhost' || hostname.endsWith('.localhost');
    if (!isLocalName || this.isAllowed(target, undefined) || this.isLocalLiteral(hostname)) return undefined;
    return 'loopback address';
  }

  private isLocalLiteral(hostname: string): boolean {
    return this.#localMode && LOCAL_LITERALS.has(hostname);
  }

  private isAllowed({ hostname, port }: Target, address: Address | undefined): boolean {
    return this.#allow.some(
      (entry) =>
        entry.port === port && (entry.host === hostname || (address !== undefined && covers(entry, address))),
    );
  }

  private isOurs(port: number, address: Address): boolean {
    return this.#deny.some(
      (entry) => entry.port === port && (covers(entry, address) || (isHere(entry) && isOfThisHost(address))),
    );
  }
}

/** A listener on loopback or on "any" is reachable by every address of this machine, whichever the entry spells. */
const isHere = ({ host, block }: EgressEntry): boolean =>
  host === 'localhost' || (block !== undefined && isOfThisHost(block[0]));
