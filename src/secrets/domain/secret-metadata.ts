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

export interface SecretVersionMetadata {
  readonly version: number;
  /** The master key that wraps its data key. */
  readonly kid: string;
  readonly createdAt: Date;
  /** Names of the live instances that name this very version. */
  readonly pinnedBy: readonly string[];
}
