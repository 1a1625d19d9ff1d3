/** The places at which a test may let the process die. */
export const FAILPOINTS = [
  'after-network',
  'after-secrets',
  'after-create',
  'before-start',
  'after-start',
  'before-report',
] as const;
export type Failpoint = (typeof FAILPOINTS)[number];

/** Kills the process at one chosen place, as a power cut would. Inert unless a root was told otherwise. */
export class Failpoints {
  constructor(
    private readonly armed: string | undefined,
    private readonly die: () => void = () => {
      process.kill(process.pid, 'SIGKILL');
    },
  ) {}

  pass(point: Failpoint): void {
    if (this.armed === point) this.die();
  }
}
