/** Names of the only instances and endpoints that a key was issued for. */
export interface KeyLimits {
  readonly instances?: readonly string[];
  readonly endpoints?: readonly string[];
}

/** A stored key: the digest stands for the key, which is nowhere. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly digest: Buffer;
  readonly role: string;
  readonly scopes: readonly string[];
  readonly workspaceId: string;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
  /** The user it belongs to; null: the workspace itself. */
  readonly userId: string | null;
  /** What the user is in the key's workspace now; null when nothing, or disabled, or gone. */
  readonly ownerRole: string | null;
  readonly agentId: string | null;
  readonly limitedTo: KeyLimits | null;
}

/** Where keys are looked up by their public id. */
export abstract class ApiKeyStore {
  abstract find(id: string): Promise<ApiKey | undefined>;
  /** Notes a use; at most once a minute per key, since it is for people who look for forgotten keys. */
  abstract touch(ids: readonly string[]): Promise<void>;
}

/** A key of a user who is nothing here any more is as dead as a revoked one. */
export const isLive = ({ revokedAt, expiresAt, userId, ownerRole }: ApiKey, now: Date): boolean =>
  revokedAt === null && (expiresAt === null || expiresAt > now) && (userId === null || ownerRole !== null);
