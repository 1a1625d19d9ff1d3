import { type KeyLimits } from '../domain/api-key';
import { type Role } from '../domain/permissions';

/** A key as its owner and administrators see it: never the key, never its digest. */
export interface IssuedKey {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly scopes: readonly string[];
  readonly limitedTo: KeyLimits | null;
  readonly workspaceId: string;
  readonly userId: string | null;
  readonly agentId: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly rowVersion: number;
}

export interface NewKey {
  readonly name: string;
  readonly workspaceId: string;
  readonly role: Role;
  /** Empty: the whole role. */
  readonly scopes: readonly string[];
  readonly expiresAt?: Date | undefined;
  readonly limitedTo?: KeyLimits | undefined;
  readonly userId?: string | undefined;
  readonly agentId?: string | undefined;
}

export interface KeyChange {
  readonly name?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly expiresAt?: Date | undefined;
}

/** Which keys a caller knows of: those of a workspace, or of them only its own. */
export interface KeyReach {
  readonly workspaceId: string;
  readonly userId?: string | undefined;
  /** `key:<id>` of a key that issued others. */
  readonly createdBy?: string | undefined;
}
