/** A stored key: the digest stands for the key, which is nowhere. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly digest: Buffer;
  readonly role: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** Where keys are looked up by their public id. */
export abstract class ApiKeyStore {
  abstract find(id: string): Promise<ApiKey | undefined>;
  /** Notes a use; at most once a minute per key, since it is for people who look for forgotten keys. */
  abstract touch(id: string): Promise<void>;
}

export const isLive = (key: ApiKey, now: Date): boolean =>
  key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now);
