export interface Webhook {
  readonly id: string;
  readonly workspaceId: string;
  readonly url: string;
  readonly description: string;
  readonly events: readonly string[];
  readonly enabled: boolean;
  readonly disabledReason: string;
  readonly rowVersion: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** How its address fares. */
  readonly failures: number;
  readonly failingSince: Date | null;
  readonly closedUntil: Date | null;
}

export type WebhookContent = Pick<Webhook, 'url' | 'description' | 'events' | 'enabled'>;
