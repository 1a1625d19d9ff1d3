import { type JsonObject } from '@app/kernel';
import { type Channel, type DeliveryStatus } from './delivery';

export interface DeliveryFilter {
  readonly status?: DeliveryStatus | undefined;
  readonly channel?: Channel | undefined;
  readonly event?: string | undefined;
  readonly run_id?: string | undefined;
  readonly webhook_id?: string | undefined;
}

export interface DeliveryView {
  readonly id: string;
  readonly event: string;
  readonly eventId: string;
  readonly subject: string;
  readonly runId: string | null;
  readonly channel: Channel;
  readonly address: string;
  readonly endpointId: string | null;
  readonly status: DeliveryStatus;
  readonly reason: string | null;
  readonly attempt: number;
  readonly responseStatus: number | null;
  readonly nextAttemptAt: Date | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

export interface AttemptView {
  readonly number: number;
  readonly at: Date;
  readonly durationMs: number;
  readonly outcome: 'delivered' | 'failed';
  readonly reason: string | null;
  readonly detail: string | null;
  readonly request: JsonObject;
  readonly responseStatus: number | null;
  readonly response: string | null;
}

export interface DeliveryDetail extends DeliveryView {
  readonly body: string;
  readonly attempts: readonly AttemptView[];
}
