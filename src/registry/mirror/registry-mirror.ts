import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { StoredSettings } from '../../settings';
import { ENTRIES_MAX, type Look, MirrorRows } from './mirror-rows';
import { RegistryAnswerError, RegistryClient } from './registry-client';

/** 100 servers each; a registry that never ends is not read to its end. */
const PAGES_MAX = ENTRIES_MAX / 100;
const LOOK_MAX_MS = 10 * 60_000;

interface Progress {
  stored: number;
  refused: number;
}

/** Brings the copy of the other registry up to date. What was copied stays when that fails: browsing needs nobody else. */
@Injectable()
export class RegistryMirror implements OnApplicationShutdown {
  private readonly logger = new Logger(RegistryMirror.name);
  private running: Promise<boolean> | undefined;

  constructor(
    private readonly settings: StoredSettings,
    private readonly rows: MirrorRows,
    private readonly client: RegistryClient,
  ) {}

  /** Answers whether this call looked. Never rejects for what a registry did. */
  refresh(minAgeS: number): Promise<boolean> {
    this.running ??= this.look(minAgeS).finally(() => (this.running = undefined));
    return this.running;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.running?.catch((error: unknown) => {
      this.logger.debug(String(error));
    });
  }

  private async look(minAgeS: number): Promise<boolean> {
    const url = this.settings.get('registry_url');
    if (url === '') return false;
    const look = await this.rows.claim(url, minAgeS);
    if (look === undefined) return false;
    const progress: Progress = { stored: 0, refused: 0 };
    try {
      await this.copy(url, look, progress);
      await this.rows.succeed(look, said(progress));
    } catch (error) {
      if (!(error instanceof RegistryAnswerError)) {
        await this.rows.fail(look, 'The copy could not be stored.');
        throw error;
      }
      this.logger.warn(`the registry ${url} was not read: ${error.message}`);
      await this.rows.fail(look, `Not read: ${error.message}.`);
    }
    return true;
  }

  private async copy(url: string, look: Look, progress: Progress): Promise<void> {
    const endsAtMs = performance.now() + LOOK_MAX_MS;
    const asked = new Set<string>();
    let cursor: string | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const { entries, gone, next, refused } = await this.client.page({ url, cursor, since: look.since });
      await this.rows.store(look, entries, gone);
      progress.stored += entries.length;
      progress.refused += refused;
      if (next === undefined) return;
      if (asked.has(next)) throw new RegistryAnswerError('its pages go round in a circle');
      if (performance.now() > endsAtMs) throw new RegistryAnswerError('it takes too long to read');
      asked.add(next);
      cursor = next;
    }
    throw new RegistryAnswerError(`it lists more than ${String(ENTRIES_MAX)} servers`);
  }
}

const said = ({ stored, refused }: Progress): string =>
  refused === 0
    ? `${String(stored)} servers were read.`
    : `${String(stored)} servers were read, ${String(refused)} entries left out.`;
