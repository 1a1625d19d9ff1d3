/** All that is ever shown of a secret. */
export interface SecretMetadata {
  readonly id: string;
  readonly scope: string;
  readonly name: string;
  readonly version: number;
  /** Names of the live instances that refer to it. */
  readonly usedBy: readonly string[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
