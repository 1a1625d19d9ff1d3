import {
  type ContainerReport,
  type DesiredState,
  type InstancePhase,
  type InstanceSpec,
  type LastErrorReport,
  type SecretDelivery,
} from '@app/contracts';
import { type JsonObject } from '@app/kernel';
import { type Labels, type LabelTerm } from '../domain/labels';

/** What readers see of a live instance: the wish and what was seen of it. */
export interface InstanceView {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly labels: Labels;
  readonly serverSpecId: string | null;
  readonly agentId: string | null;
  readonly spec: InstanceSpec;
  readonly undeclaredEnvironment: readonly string[];
  readonly desired: DesiredState;
  readonly generation: number;
  readonly replicas: number;
  readonly rowVersion: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly status: InstancePhase;
  readonly reason: string;
  readonly since: Date;
  readonly statusSequence: number;
  readonly attempt: number;
  readonly nextAttemptAt: Date | null;
  readonly containers: readonly ContainerReport[];
  readonly tools: number | null;
  readonly era: string | null;
  readonly latencyMs: number | null;
  readonly lastError: LastErrorReport | null;
  readonly secretDelivery: SecretDelivery | null;
  readonly secretDeliveryReason: string | null;
  readonly lastCheckedAt: Date | null;
}

/** One entry of an instance's history. */
export interface HistoryEntry {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly at: Date;
  readonly actor: string;
  readonly data: JsonObject;
}

export interface InstanceFilter {
  readonly statuses?: readonly string[];
  readonly q?: string;
  readonly type?: string;
  readonly serverSpecId?: string;
  readonly labels?: readonly LabelTerm[];
}

export const INSTANCE_SORTS = ['-created_at', 'created_at', 'name', '-name'] as const;
export type InstanceSort = (typeof INSTANCE_SORTS)[number];
