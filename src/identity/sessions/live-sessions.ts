import { Injectable, Logger } from '@nestjs/common';
import { isUuid, systemClock } from '@app/kernel';
import { type Principal } from '@app/telemetry';
import { IdentityNotices } from '../identity-notices';
import { KeyHolders } from '../keys/key-holders';
import { IdentityOptions } from '../identity.options';
import { StoreCache } from '../store-cache';
import { isOpen, principalOfSession, type Session, SessionStore } from './session';
import { TOUCH_AFTER_MS } from './session-terms';

interface Made {
  /** What the key was then; undefined where a user signed in. */
  readonly key: Principal | undefined;
  readonly principal: Principal;
}

/** Open sessions in memory, for every request that shows a cookie or a token of ours. */
@Injectable()
export class LiveSessions {
  private readonly logger = new Logger(LiveSessions.name);
  private readonly cache: StoreCache<Session>;
  /** Made once for what was read once: a request must not pay for the sets of its permissions. */
  private readonly principals = new WeakMap<Session, Made>();
  private readonly noted = new WeakSet<Session>();

  constructor(
    private readonly store: SessionStore,
    private readonly keys: KeyHolders,
    notices: IdentityNotices,
    options: IdentityOptions,
  ) {
    this.cache = new StoreCache((id) => store.find(id), options, systemClock);
    notices.on('session', (id) => {
      this.cache.drop((known) => known === id);
    });
    notices.on('user', (userId) => {
      this.cache.drop((_id, session) => session?.userId === userId);
    });
    notices.on('workspace', (workspaceId) => {
      this.cache.drop((_id, session) => session?.workspaceId === workspaceId);
    });
  }

  /** undefined for a session that is unknown, ended, expired, or of a user who is nothing here any more. */
  async find(id: string): Promise<Session | undefined> {
    const session = isUuid(id) ? await this.cache.get(id) : undefined;
    if (session === undefined || !isOpen(session, new Date())) return undefined;
    this.noteUse(session);
    return session;
  }

  /** undefined where the key that signed in is a key no more. */
  async principalOf(session: Session): Promise<Principal | undefined> {
    const key = session.keyId === null ? undefined : await this.keys.ofReference(session.keyId);
    if (session.keyId !== null && key === undefined) return undefined;
    const known = this.principals.get(session);
    if (known !== undefined && known.key === key) return known.principal;
    const principal = principalWith(session, key);
    if (principal !== undefined) this.principals.set(session, { key, principal });
    return principal;
  }

  private noteUse(session: Session): void {
    if (Date.now() - session.lastSeenAt.getTime() < TOUCH_AFTER_MS || this.noted.has(session)) return;
    this.noted.add(session);
    this.store.touch(session.id).catch((error: unknown) => {
      this.logger.debug(`the use of a session was not noted: ${String(error)}`);
    });
  }
}

function principalWith(session: Session, key: Principal | undefined): Principal | undefined {
  if (key !== undefined) return { ...key, sessionId: session.id };
  const { userId } = session;
  return userId === null ? undefined : principalOfSession({ ...session, userId });
}
