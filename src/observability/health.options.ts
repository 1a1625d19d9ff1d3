import { type HealthIndicator } from './health-indicator';

/** Which way each part of the installation runs; shown to callers who may know. */
export interface HealthModes {
  readonly database: 'embedded' | 'external';
  readonly queue: string;
  readonly engine: string;
}

/** Given by each root: what this process consists of. */
export class HealthOptions {
  constructor(
    readonly role: string,
    readonly version: string,
    readonly indicators: readonly HealthIndicator[],
    /** Asked at each report, since an engine may turn up later. */
    readonly modes: () => Promise<HealthModes> | HealthModes,
    /** Protections that are not in force here, one sentence each. */
    readonly relaxations: () => readonly string[] = () => [],
  ) {}
}
