import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { systemClock } from '@app/kernel';
import { type ListKind } from '../upstream/fetch-list';
import { Catalog } from './catalog';
import { type Face } from './faces';
import { ListNews } from './list-news';
import { MemberReader } from './member-reader';

/** Faces times kinds of clients; beyond it the one that was used longest ago is made anew at its next use. */
const CATALOGS_MAX = 1_000;

const KINDS: Readonly<Record<'tools' | 'prompts' | 'resources', readonly ListKind[]>> = {
  tools: ['tools'],
  prompts: ['prompts'],
  resources: ['resources', 'templates'],
};

/** One catalog for all clients of a face that can do the same. */
@Injectable()
export class Catalogs implements OnApplicationBootstrap {
  private readonly catalogs = new Map<string, Catalog>();

  constructor(
    private readonly reader: MemberReader,
    private readonly news: ListNews,
  ) {}

  onApplicationBootstrap(): void {
    this.news.listen((_scope, _serverName, changed) => {
      // Looking again costs a look into the members' own caches, no more: whose member it is need not be known.
      const kinds = changed.flatMap((kind) => KINDS[kind]);
      for (const catalog of this.catalogs.values()) catalog.invalidate(kinds);
    });
  }

  of(face: Face, audience: string): Catalog {
    const key = `${face.key} ${audience}`;
    const known = this.catalogs.get(key);
    if (known !== undefined) return known;
    if (this.catalogs.size >= CATALOGS_MAX) this.dropLeastUsed();
    const made = new Catalog(face, this.reader, systemClock, (serverName, kind) => {
      this.news.announce(face.scope, serverName, [kind === 'templates' ? 'resources' : kind]);
    });
    this.catalogs.set(key, made);
    return made;
  }

  private dropLeastUsed(): void {
    const byUse = [...this.catalogs].sort(([, a], [, b]) => a.lastUsedAtMs - b.lastUsedAtMs);
    const [oldest] = byUse;
    if (oldest !== undefined) this.catalogs.delete(oldest[0]);
  }
}
