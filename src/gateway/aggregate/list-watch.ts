import { type Scope } from '@app/kernel';
import { type McpListKind } from '@app/mcp';
import { type ListNews } from './list-news';
import { type Say } from './member-watch';

/** News that come together are told once. */
const GATHER_MS = 25;

interface News {
  readonly serverName: string;
  readonly kinds: readonly McpListKind[];
  readonly wasMember: boolean;
}

/** Changed lists of any member, told once for all that changed together. */
export class ListWatch {
  /** Bounded by the number of servers times kinds, since it is emptied after a moment. */
  private news: News[] = [];
  private readonly unlisten: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly kinds: ReadonlySet<McpListKind>,
    source: ListNews,
    private readonly servers: () => readonly string[],
    private readonly say: Say,
    { workspaceId }: Scope,
  ) {
    if (this.isDeaf) return;
    this.unlisten = source.listen((scope, serverName, changed) => {
      // A server of the same name in another workspace is nobody's news here.
      if (scope.workspaceId !== workspaceId) return;
      this.gather({ serverName, kinds: changed, wasMember: servers().includes(serverName) });
    });
  }

  get isDeaf(): boolean {
    return this.kinds.size === 0;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.unlisten?.();
  }

  /** All that is listened for may have changed. */
  reconfigured(): void {
    if (!this.isDeaf) this.gather({ serverName: '', kinds: [...this.kinds], wasMember: true });
  }

  private gather(news: News): void {
    this.news.push(news);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.tell();
    }, GATHER_MS).unref();
  }

  private tell(): void {
    const members = new Set(this.servers());
    // A server may have been a member before the change, or have become one by it.
    const concerning = this.news.filter(({ serverName, wasMember }) => wasMember || members.has(serverName));
    this.news = [];
    const changed = new Set(concerning.flatMap(({ kinds }) => kinds));
    for (const kind of this.kinds)
      if (changed.has(kind)) this.say({ jsonrpc: '2.0', method: `notifications/${kind}/list_changed` });
  }
}
