export type Channel = 'webhook' | 'email';
export type DeliveryStatus = 'pending' | 'retrying' | 'delivered' | 'failed';

/** A message that is due, taken by one worker for the time of one try. */
export interface DueDelivery {
  readonly id: string;
  readonly leaseGen: number;
  readonly workspaceId: string;
  readonly event: string;
  readonly runId: string | null;
  readonly targetId: string;
  readonly endpointId: string | null;
  readonly address: string;
  readonly body: string;
  /** Of the try that comes. */
  readonly attempt: number;
  readonly tries: number;
}

/** What was asked and how it was answered, as it is kept. Never a signature, a password or a whole answer. */
export interface Exchange {
  readonly request: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly responseStatus?: number;
  readonly response?: string;
}

export type Outcome =
  | ({ readonly kind: 'delivered' } & Exchange)
  | ({
      readonly kind: 'failed';
      /** A word for programs: `http_status`, `timeout`, `egress_refused`, `mail_not_configured` … */
      readonly reason: string;
      /** A sentence for people. */
      readonly detail: string;
      /** False where asking again changes nothing. */
      readonly isRetryable: boolean;
      /** False where the fault is ours: it says nothing of the address. */
      readonly blames: 'target' | 'us';
      readonly retryAfterMs?: number;
      /** The receiver says that it will never want anything again. */
      readonly isGone?: boolean;
    } & Exchange);

/** Hands one message over. Never throws; never takes longer than its time limit. */
export abstract class Carrier {
  abstract readonly channel: Channel;
  /** Messages under way at once. */
  abstract readonly slots: number;
  abstract carry(delivery: DueDelivery): Promise<Outcome>;
}
