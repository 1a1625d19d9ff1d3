import { type Principal } from '@app/telemetry';
import { permissionsOf } from '../domain/permissions';

/** A sign-in: what a cookie, or a family of tokens, stands for until it ends. */
export interface Session {
  readonly id: string;
  readonly kind: 'console' | 'token';
  /** Of the cookie's secret; null where tokens prove the session. */
  readonly digest: Buffer | null;
  /** Null where a key signed in: what it may is then what its key may now. */
  readonly userId: string | null;
  readonly keyId: string | null;
  readonly username: string;
  readonly workspaceId: string;
  /** What the user is in that workspace now; null when nothing any more, or disabled. */
  readonly role: string | null;
  readonly lastSeenAt: Date;
  readonly idleExpiresAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
}

/** Where sessions are looked up. */
export abstract class SessionStore {
  abstract find(id: string): Promise<Session | undefined>;
  /** Notes a use, and with it moves the end for want of use. */
  abstract touch(id: string): Promise<void>;
}

export const isOpen = ({ endedAt, expiresAt, idleExpiresAt, role, keyId }: Session, now: Date): boolean =>
  endedAt === null && (role !== null || keyId !== null) && expiresAt > now && idleExpiresAt > now;

/** Who the user of an open session is. */
export function principalOfSession({
  id,
  userId,
  username,
  workspaceId,
  role,
}: Pick<Session, 'id' | 'username' | 'workspaceId' | 'role'> & { readonly userId: string }): Principal {
  const held = role ?? '';
  return {
    ...{ id: userId, kind: 'user', name: username, role: held, permissions: permissionsOf(held, []) },
    ...{ workspaceId, userId, sessionId: id },
  };
}
