import { type EnvironmentVariable } from '@app/contracts';

export interface ResourceCaps {
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly pids: number;
  readonly replicas: number;
}

export const DEFAULT_CAPS: ResourceCaps = {
  memoryBytes: 16 * 1024 ** 3,
  cpus: 16,
  pids: 4_096,
  replicas: 32,
};

/** A program that ships with us, as far as a specification may name it. */
export interface BundledName {
  readonly name: string;
  /** The variables it takes; any other is refused, because its process runs on our host. */
  readonly envSchema: readonly EnvironmentVariable[];
}

/** What the roots decide about instances. */
export class InstancesOptions {
  readonly bundled: readonly BundledName[];
  readonly bundledNames: readonly string[];
  /** Live instances of the installation. Follows the stored setting of that name. */
  maxInstances: number;
  readonly caps: ResourceCaps;
  /** Without a slash at its end; empty: endpoints are given as paths. */
  readonly publicUrl: string;

  constructor(o: {
    bundled: readonly BundledName[];
    maxInstances?: number;
    caps?: ResourceCaps;
    publicUrl?: string;
  }) {
    this.bundled = o.bundled;
    this.bundledNames = o.bundled.map(({ name }) => name);
    this.maxInstances = o.maxInstances ?? 10_000;
    this.caps = o.caps ?? DEFAULT_CAPS;
    this.publicUrl = o.publicUrl ?? '';
  }
}
