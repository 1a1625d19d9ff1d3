import { type INestApplication } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { type HealthService } from '../observability';
import { type Platform } from './platform';

/** A balancer takes this long to hear that we are going; nobody balances one process for all roles. */
const DRAIN_MS = 5_000;

interface Running {
  readonly platform: Platform;
  readonly app: INestApplication;
  readonly health: HealthService;
}

/** SIGTERM and SIGINT end the process in order, a second one at once; so does the death of the launcher. */
export function stopOnSignals(running: Running): void {
  const { logger } = running.platform;
  let stopping = false;
  const stop = (why: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info(`stopping: ${why}`);
    void end(running);
  };
  process.on('SIGTERM', () => {
    stop('SIGTERM');
  });
  process.on('SIGINT', () => {
    stop('SIGINT');
  });
  // The launcher holds the other end of this channel: it closes when the launcher dies, in whatever way.
  if (process.channel !== undefined)
    process.once('disconnect', () => {
      stop('the launcher is gone');
    });
}

async function end({ platform, app, health }: Running): Promise<void> {
  const { settings, logger, role } = platform;
  const limit = setTimeout(() => {
    logger.error('the limit for stopping has passed; ending now');
    process.exit(1);
  }, settings.SHUTDOWN_TIMEOUT * 1_000);
  try {
    health.drain();
    const isBalanced = role !== 'all-in-one' && settings.NODE_ENV === 'production';
    if (isBalanced) await delay(DRAIN_MS);
    await app.close();
    await platform.close();
    clearTimeout(limit);
    process.exit(0);
  } catch (error) {
    logger.error({ err: error }, 'stopping met an error');
    process.exit(1);
  }
}
