import { type InstancePhase } from './phases';
import { type SecretDelivery } from './spec';

export interface InstanceToReconcile {
  readonly instance_id: string;
  /** For the log only: the provisioner looks and compares whatever it says, else drift would never heal. */
  readonly generation: number;
  /** The sequence of the newest report that arrived, where the sender knows it: one told since may have been lost. */
  readonly seen_sequence?: number;
}

export interface ReconcileInstanceV1 extends InstanceToReconcile {
  readonly v: 1;
  /** Those that a sweep asks for besides: a message each would cost more than the looks. */
  readonly others?: readonly InstanceToReconcile[];
}

export interface ContainerReport {
  /** From 0; replica 0 is the one that the API calls `container`. */
  readonly replica: number;
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly image_digest: string | null;
  readonly port: number | null;
  readonly engine: 'docker' | 'swarm' | 'process' | 'memory';
  /** Present where it belongs to one session of a client alone. */
  readonly session?: string;
}

/** Where one of several replicas is found. */
export interface ReplicaReport {
  readonly replica: number;
  readonly urls: readonly string[];
}

/** Where the gateway finds the server. Never holds a credential: those are looked up by reference. */
export type UpstreamReport =
  /** A container's own address, or a remote server (`remote: true`: guarded client, spec's headers and credentials). */
  | {
      readonly kind: 'http';
      readonly urls: readonly string[];
      /** Those of `urls` by replica, where several are wanted. */
      readonly replicas?: readonly ReplicaReport[];
      readonly transport: 'streamable-http' | 'sse' | 'websocket';
      readonly remote: boolean;
    }
  /** The stdio bridge of a provisioner; the gateway signs its requests with the bridge key. */
  | {
      readonly kind: 'bridge';
      readonly urls: readonly string[];
      readonly replicas?: readonly ReplicaReport[];
    };

export interface LastErrorReport {
  readonly message: string;
  readonly exit_code: number | null;
  readonly oom_killed: boolean;
  /** The last lines of output, at most 200, scrubbed of secrets. */
  readonly output: readonly string[];
  readonly at: string;
}

/** A report of one look at one instance. `(generation, sequence)` only ever grows: lease epoch x 10^9 + counter. */
export interface InstanceStatusReportedV1 {
  readonly v: 1;
  readonly report_id: string;
  readonly instance_id: string;
  readonly generation: number;
  readonly sequence: number;
  readonly phase: InstancePhase;
  /** One sentence for people. */
  readonly reason: string;
  readonly at: string;
  /** Starts tried since the instance was last healthy. */
  readonly attempt: number;
  readonly next_attempt_at: string | null;
  readonly containers: readonly ContainerReport[];
  readonly upstream: UpstreamReport | null;
  readonly tools: number | null;
  readonly era: 'older' | 'newer' | null;
  readonly latency_ms: number | null;
  /** Absent: keep the stored one. null: forget it. */
  readonly last_error?: LastErrorReport | null;
  /** null: not known to who took the container over; what was reported of the same generation stays. */
  readonly secret_delivery: SecretDelivery | null;
  readonly secret_delivery_reason: string | null;
  /** Which secrets were opened for this step: the worker writes the audit rows. */
  readonly secrets_read: readonly { readonly ref: string; readonly version: number }[];
  /** Those that could not be opened; absent in reports of an older version. */
  readonly secrets_failed?: readonly string[];
}

/** Reports that were told together, in the order of their sequence. */
export interface InstanceStatusesReportedV1 {
  readonly v: 1;
  readonly reports: readonly InstanceStatusReportedV1[];
}

export const MAINTENANCE_TASKS = ['sweep-instances', 'retention', 'restart-users', 'canary'] as const;
export type MaintenanceTask = (typeof MAINTENANCE_TASKS)[number];

export interface MaintenanceV1 {
  readonly v: 1;
  readonly task: MaintenanceTask;
}

/** A secret got a new version: instances that asked for it start again. */
export interface RestartUsersV1 extends MaintenanceV1 {
  readonly task: 'restart-users';
  readonly event_id: string;
  /** Of the request that stored it: what that request has changed starts again anyway. */
  readonly request_id: string;
  readonly scope: string;
  readonly name: string;
}

/** Something may be due: what it is, stands in the database. The id is for the log. */
export interface DeliverNotificationsV1 {
  readonly v: 1;
  readonly event_id: string;
}

/** Something has happened to this run, or could: what it is, stands in the database. */
export interface AdvanceRunV1 {
  readonly v: 1;
  readonly run_id: string;
}

/** A tool call was leased to whichever gateway takes this first. */
export interface CallToolV1 {
  readonly v: 1;
  readonly task_id: string;
  readonly lease_gen: number;
}

/** "Look at this task": it is to be sent to its agent, or its agent is to be told to stop. */
export interface DispatchTaskV1 {
  readonly v: 1;
  readonly task_id: string;
  /** For the log only: what is to be done, the task says. */
  readonly lease_gen: number;
}
