const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export interface DeliveryTimes {
  /** The pause after the first failure, the second …; after the last one the message is a dead letter. */
  readonly retryDelaysMs: readonly number[];
  /** Waiting behind others counts: news that are older are no news. */
  readonly lifetimeMs: number;
  /** An endpoint that never answered well for so long is switched off. */
  readonly disableAfterMs: number;
  /** Failures in a row at which an address is left alone for a while. */
  readonly closeAfterFailures: number;
  readonly closedForMs: number;
  readonly closedForMaxMs: number;
}

const TIMES: DeliveryTimes = {
  retryDelaysMs: [5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS],
  lifetimeMs: 3 * DAY_MS,
  disableAfterMs: 3 * DAY_MS,
  closeAfterFailures: 5,
  closedForMs: 30 * SECOND_MS,
  closedForMaxMs: 10 * MINUTE_MS,
};
/** Messages that failed together come back one after the other. */
const JITTER = 0.1;
/** The other side may ask for a longer pause, but not for ever. */
const RETRY_AFTER_MAX_MS = HOUR_MS;

/** When to try again, and when to stop. A class, so that a test can give another one to the container. */
export class DeliverySchedule {
  readonly times: DeliveryTimes;

  constructor(
    times: Partial<DeliveryTimes> = {},
    /** 0 <= random() < 1 */
    private readonly random: () => number = Math.random,
  ) {
    this.times = { ...TIMES, ...times };
  }

  /** The pause after so many tries; undefined: that was the last one. */
  retryInMs(tries: number, retryAfterMs = 0): number | undefined {
    const delayMs = this.times.retryDelaysMs[tries - 1];
    if (delayMs === undefined) return undefined;
    const jittered = delayMs * (1 - JITTER + 2 * JITTER * this.random());
    return Math.round(Math.max(jittered, Math.min(retryAfterMs, RETRY_AFTER_MAX_MS)));
  }

  /** How long an address is left alone after so many failures in a row; undefined: not at all. */
  closedForMs(failures: number, retryAfterMs = 0): number | undefined {
    const { closeAfterFailures, closedForMs, closedForMaxMs } = this.times;
    const asked = retryAfterMs > 0 ? Math.min(retryAfterMs, RETRY_AFTER_MAX_MS) : undefined;
    if (failures < closeAfterFailures) return asked;
    const doubled = closedForMs * 2 ** Math.min(failures - closeAfterFailures, 30);
    return Math.max(Math.min(doubled, closedForMaxMs), asked ?? 0);
  }
}
