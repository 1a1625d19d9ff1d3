import { Injectable } from '@nestjs/common';
import { IdentityOptions } from '../identity.options';

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;
const HOST = /^[a-zA-Z0-9.:[\]-]{1,255}$/;

/** By which addresses we are known, and so for whom a token is that names one of them. */
@Injectable()
export class OwnAddresses {
  private readonly origins: readonly string[];
  private readonly byHost: ReadonlyMap<string, string>;
  private readonly isLocal: boolean;

  constructor({ publicUrls }: IdentityOptions) {
    const urls = publicUrls.map((url) => new URL(url));
    this.origins = publicUrls.map((url) => url.replace(/\/+$/, ''));
    this.byHost = new Map(urls.map(({ host }, at) => [host, this.origins[at] ?? '']));
    this.isLocal = urls.every(({ hostname }) => LOOPBACK.test(hostname));
  }

  get canonical(): string {
    return this.origins[0] ?? '';
  }

  /**
   * The address a request used, by its `Host`, which was judged before. On a machine of one's own every spelling of
   * loopback is an address of ours; else only those of the settings are, because on every machine there is a loopback.
   */
  originOf(host: string | undefined): string {
    if (host === undefined || !HOST.test(host)) return this.canonical;
    const known = this.byHost.get(host);
    if (known !== undefined) return known;
    const isLoopback =
      this.isLocal && URL.canParse(`http://${host}`) && LOOPBACK.test(new URL(`http://${host}`).hostname);
    return isLoopback ? `http://${host}` : this.canonical;
  }

  /** The address of a resource of ours, as clients and their authorization servers name it. */
  resource(host: string | undefined, path: string): string {
    return this.originOf(host) + path;
  }

  /** What a token for the resource may name: it alone, or all of us. */
  audiencesOf(resource: string | undefined): readonly string[] {
    const origins = resource === undefined ? this.origins : [...this.origins, new URL(resource).origin];
    const whole = origins.flatMap((origin) => [origin, `${origin}/`]);
    return resource === undefined ? whole : [resource, ...whole];
  }
}
