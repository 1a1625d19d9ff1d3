import { type HealthIndicator } from './health-indicator';

/** Which way each part of the installation runs; shown to callers who may know. */
export interface HealthModes {
  readonly database: 'embedded' | 'external';
  readonly queue: string;
  readonly engine: string;
}

export interface HealthOptionsInit {
  readonly role: string;
  readonly version: string;
  readonly indicators: readonly HealthIndicator[];
  /** Asked at each report, since an engine may turn up later. */
  readonly modes: () => Promise<HealthModes> | HealthModes;
  /** Protections that are not in force here, one sentence each. */
  readonly relaxations?: () => readonly string[];
  /** How many instances are in which state; from memory, never from the database. */
  readonly instances?: () => Readonly<Record<string, number>>;
}

/** Given by each root: what this process consists of. */
export class HealthOptions {
  readonly role: string;
  readonly version: string;
  readonly indicators: readonly HealthIndicator[];
  readonly modes: HealthOptionsInit['modes'];
  readonly relaxations: () => readonly string[];
  readonly instances: () => Readonly<Record<string, number>>;

  constructor({ role, version, indicators, modes, relaxations, instances }: HealthOptionsInit) {
    this.role = role;
    this.version = version;
    this.indicators = indicators;
    this.modes = modes;
    this.relaxations = relaxations ?? (() => []);
    this.instances = instances ?? (() => ({}));
  }
}
