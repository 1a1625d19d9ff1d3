import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, runMigrations, startEmbeddedPostgres } from '@app/database';
import { migrateQueueSchema } from '@app/queues';
import { MIGRATIONS } from '../../../../src/migrations';

/** The server dies, the machine does not: what was written to a file survives without being synced to the disk. */
const SETTINGS = { fsync: 'off', full_page_writes: 'off' };

/** A PostgreSQL that a test may crash: always at the same address, a port below those of outgoing connections. */
export class OwnPostgres {
  private constructor(
    private readonly folder: string,
    private server: EmbeddedPostgres,
  ) {}

  static async start(): Promise<OwnPostgres> {
    const folder = mkdtempSync(join(tmpdir(), 'quayside-chaos-pg-'));
    const server = await startEmbeddedPostgres({ dataDir: folder, settings: SETTINGS });
    const { url } = server;
    await runMigrations({ url, migrations: MIGRATIONS, afterwards: () => migrateQueueSchema(url) });
    return new OwnPostgres(folder, server);
  }

  get url(): string {
    return this.server.url;
  }

  /** As a crash: at once, in the middle of whatever runs. The next start recovers. */
  crash(): Promise<void> {
    return this.end('SIGQUIT');
  }

  /** As an upgrade: open statements are ended, then the server. */
  stop(): Promise<void> {
    return this.end('SIGINT');
  }

  async startAgain(): Promise<void> {
    const { url } = this.server;
    this.server = await startEmbeddedPostgres({ dataDir: this.folder, settings: SETTINGS });
    if (this.server.url !== url) throw new Error('Another process took the port of PostgreSQL meanwhile.');
  }

  async remove(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    process.kill(this.server.pid, signal);
    await this.server.ended;
  }
}
