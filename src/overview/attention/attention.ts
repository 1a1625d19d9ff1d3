/** What somebody should look at, the most urgent first. */
export const ATTENTION_KINDS = [
  'instance_failed',
  'instance_unhealthy',
  'tool_quarantined',
  'approval_waiting',
  'dead_letter',
  'agent_lost',
  'webhook_disabled',
  'quota_full',
  'key_expiring',
] as const;
export type AttentionKind = (typeof ATTENTION_KINDS)[number];

export interface AttentionLine {
  readonly kind: AttentionKind;
  /** Plural noun, as in the trail. */
  readonly objectType: string;
  readonly objectId: string;
  readonly objectName: string;
  /** One sentence. */
  readonly cause: string;
  readonly since: Date;
  /** In the console, below its base. */
  readonly link: string;
}

/** What one look found of one kind: the oldest lines of it, and how many there are in all. */
export interface Finding {
  readonly kind: AttentionKind;
  readonly total: number;
  readonly lines: readonly AttentionLine[];
}

/** Of one kind; who has more of them has one trouble and not a hundred. */
export const LINES_PER_KIND = 10;
