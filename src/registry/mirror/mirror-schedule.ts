import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { RegistryMirror } from './registry-mirror';

/** Cheap, and so a new address in the settings is noticed soon. */
const LOOK_EVERY_MS = 60_000;
const FIRST_LOOK_MS = 2_000;
const HOURLY_S = 3_600;

/** Reads the other registry once an hour: whichever worker comes first. */
@Injectable()
export class MirrorSchedule implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(MirrorSchedule.name);
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(private readonly mirror: RegistryMirror) {}

  onApplicationBootstrap(): void {
    this.timers.push(
      setTimeout(() => void this.look(), FIRST_LOOK_MS).unref(),
      setInterval(() => void this.look(), LOOK_EVERY_MS).unref(),
    );
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  private async look(): Promise<void> {
    try {
      await this.mirror.refresh(HOURLY_S);
    } catch (error) {
      this.logger.warn(`the copy of the registry stays as it is: ${String(error)}`);
    }
  }
}
