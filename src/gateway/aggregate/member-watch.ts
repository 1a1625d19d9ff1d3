import { Logger } from '@nestjs/common';
import { type RpcNotification } from '@app/mcp';
import { type UpstreamCalls } from '../calls/upstream-calls';
import { messageOf } from '../upstream/failures';
import { UriWatches, type UriWatch } from '../upstream/uri-watches';
import { type Party } from './party';

export type Say = (message: RpcNotification) => void;

/** What one subscription of a client wants of one server: kept through lost sessions and new generations. */
export class MemberWatch {
  private readonly logger = new Logger(MemberWatch.name);
  private readonly watches = new Map<string, UriWatch>();
  private isStopped = false;
  private isRestoring = false;

  constructor(
    private readonly calls: UpstreamCalls,
    readonly serverName: string,
    private readonly party: Party,
    /** As the server knows them. */
    private readonly uris: readonly string[],
    private readonly say: Say,
  ) {}

  /** Which of them the server tells of. A server that cannot be reached is asked again later: all are granted then. */
  async start(): Promise<readonly string[]> {
    try {
      const granted = await Promise.all(this.uris.map(async (uri) => ((await this.open(uri)) ? [uri] : [])));
      return granted.flat();
    } catch (error) {
      this.logger.debug(`"${this.serverName}" will be asked again for its news: ${messageOf(error)}`);
      return this.uris;
    }
  }

  /** Called from time to time: keeps the session alive, and begins again what ended. */
  async keep(): Promise<void> {
    if (this.isStopped || this.isRestoring) return;
    this.isRestoring = true;
    try {
      await this.calls.on(this.party.use('resources:read'), this.serverName, async (upstream) => {
        const { leg } = await this.party.leg(upstream);
        await leg.hold(() => Promise.resolve());
      });
      for (const uri of this.uris) {
        if (this.watches.has(uri) || !(await this.open(uri))) continue;
        // What happened meanwhile was not heard: whoever listens had better look.
        this.say({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } });
      }
    } catch (error) {
      this.logger.debug(`"${this.serverName}" has no news yet: ${messageOf(error)}`);
    } finally {
      this.isRestoring = false;
    }
  }

  stop(): void {
    this.isStopped = true;
    for (const watch of this.watches.values()) watch.stop();
    this.watches.clear();
  }

  private async open(uri: string): Promise<boolean> {
    const watch = await this.calls.on(this.party.use('resources:read'), this.serverName, async (upstream) => {
      const { leg } = await this.party.leg(upstream);
      return leg.hold((session) => UriWatches.of(session).open(uri, this.say));
    });
    if (this.isStopped) watch.stop();
    if (this.isStopped || !watch.isGranted) return watch.isGranted;
    this.watches.set(uri, watch);
    const forget = (): void => {
      if (this.watches.get(uri) !== watch) return;
      this.watches.delete(uri);
      void this.keep();
    };
    watch.ended.then(forget, forget);
    return true;
  }
}
