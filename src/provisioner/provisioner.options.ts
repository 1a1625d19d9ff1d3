import { type ContainerEngine } from '@app/container-engine';
import { Failpoints } from './failpoints';

export interface ProvisionerSettings {
  /** Written on everything that is made, so that two installations may share one engine. */
  readonly installationId: string;
  /** Runs `docker` specs; undefined where no engine is configured at all. It need not answer. */
  readonly docker: ContainerEngine | undefined;
  /** Runs `stdio` specs, the servers that ship with us. */
  readonly bundled: ContainerEngine;
  /** Where the stdio bridge listens: loopback, or the one interface that the gateway reaches. */
  readonly bridgeHost: string;
  /** 0, the default: any free port. */
  readonly bridgePort?: number;
  /** How many containers of this installation may exist at once. */
  readonly maxContainers?: number;
  /** Who this process is, in the lease. Default: a name of its own. */
  readonly holder?: string;
  readonly leaseTermMs?: number;
  /** Only a build or a run for tests says true; a failpoint is ignored without it. */
  readonly failpoints?: boolean;
  readonly failpoint?: string | undefined;
  /** What happens at the failpoint instead of SIGKILL. */
  readonly onFailpoint?: () => void;
  readonly timing?: Partial<ProvisionerTiming>;
}

/** Shortened by tests, never by users. */
export interface ProvisionerTiming {
  readonly probeIntervalMs: number;
  readonly probeTimeoutMs: number;
  readonly firstBackoffMs: number;
  readonly sweepEveryMs: number;
  /** An observation that did not change is told again after this long, so that its age stays small. */
  readonly repeatReportAfterMs: number;
  /** A report that has not arrived after this long counts as lost. */
  readonly repeatUnheardAfterMs: number;
}

const TIMING: ProvisionerTiming = {
  probeIntervalMs: 10_000,
  probeTimeoutMs: 5_000,
  firstBackoffMs: 1_000,
  sweepEveryMs: 30_000,
  repeatReportAfterMs: 60_000,
  repeatUnheardAfterMs: 5_000,
};

const DEFAULT_MAX_CONTAINERS = 500;
const DEFAULT_LEASE_TERM_MS = 15_000;

export class ProvisionerOptions {
  readonly installationId: string;
  readonly docker: ContainerEngine | undefined;
  readonly bundled: ContainerEngine;
  readonly bridgeHost: string;
  readonly bridgePort: number;
  readonly maxContainers: number;
  readonly holder: string | undefined;
  readonly leaseTermMs: number;
  readonly failpoints: Failpoints;
  readonly timing: ProvisionerTiming;

  constructor(settings: ProvisionerSettings) {
    this.installationId = settings.installationId;
    this.docker = settings.docker;
    this.bundled = settings.bundled;
    this.bridgeHost = settings.bridgeHost;
    this.bridgePort = settings.bridgePort ?? 0;
    this.maxContainers = settings.maxContainers ?? DEFAULT_MAX_CONTAINERS;
    this.holder = settings.holder;
    this.leaseTermMs = settings.leaseTermMs ?? DEFAULT_LEASE_TERM_MS;
    const armed = settings.failpoints === true ? settings.failpoint : undefined;
    this.failpoints = new Failpoints(armed, settings.onFailpoint);
    this.timing = { ...TIMING, ...settings.timing };
  }
}
