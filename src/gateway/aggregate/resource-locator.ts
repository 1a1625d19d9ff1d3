import { matchesPattern } from '../domain/tool-pattern';
import { type Catalog } from './catalog';
import { type Face } from './faces';
import { type Party } from './party';
import { splitUri } from './resource-uris';

export interface Located {
  readonly serverName: string;
  /** As the server knows it. */
  readonly uri: string;
}

/** From an advertised URI, or template, to the member that has it. */
export class ResourceLocator {
  constructor(
    private readonly face: Face,
    private readonly party: Party,
    private readonly catalog: Catalog,
  ) {}

  async resource(uri: string): Promise<Located | undefined> {
    const { members, isPrefixed } = this.face.plan();
    if (isPrefixed) {
      const split = splitUri(uri);
      if (split === undefined || !members.includes(split.instance)) return undefined;
      return { serverName: split.instance, uri: split.uri };
    }
    const [first, ...others] = members;
    // A single member judges its own addresses, listed or not.
    if (others.length === 0) return first === undefined ? undefined : { serverName: first, uri };
    return (await this.listed(uri)) ?? this.fitting(uri);
  }

  private async listed(uri: string): Promise<Located | undefined> {
    const entry =
      (await this.catalog.find('resources', uri, this.party)) ??
      (await this.catalog.find('templates', uri, this.party));
    return entry === undefined ? undefined : { serverName: entry.instance, uri: entry.original };
  }

  /** By the templates of the members; what fits those of two is nobody's, as with names. */
  private async fitting(uri: string): Promise<Located | undefined> {
    const { list } = await this.catalog.list('templates', this.party);
    const fits = list.entries.filter(({ original }) =>
      matchesPattern(original.replace(/\{[^{}]*\}/g, '*'), uri),
    );
    const [serverName, ...others] = new Set(fits.map(({ instance }) => instance));
    return serverName === undefined || others.length > 0 ? undefined : { serverName, uri };
  }
}
