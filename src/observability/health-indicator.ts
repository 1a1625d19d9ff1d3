/** What one look at a dependency found. */
export interface HealthFinding {
  readonly ok: boolean;
  /** One sentence for people: the version when it is up, the cause when it is not. */
  readonly detail: string;
  /** How it runs: `embedded`, `Redis 7.0.15`, `process` … */
  readonly mode?: string;
}

/** A question about one dependency or one part of this process. */
export interface HealthIndicator {
  /** snake_case; the member of `checks` that holds the answer. */
  readonly name: string;
  /** `ready`: without it this role cannot do its work. `info`: its failure makes the whole degraded, no more. */
  readonly requiredFor: 'ready' | 'info';
  check(): Promise<HealthFinding>;
}
