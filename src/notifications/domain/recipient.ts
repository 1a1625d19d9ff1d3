export interface Recipient {
  readonly id: string;
  readonly address: string;
  readonly description: string;
  readonly events: readonly string[];
  readonly enabled: boolean;
  readonly rowVersion: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type RecipientContent = Pick<Recipient, 'address' | 'description' | 'events' | 'enabled'>;
