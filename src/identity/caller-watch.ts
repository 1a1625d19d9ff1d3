import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Principal } from '@app/telemetry';
import { Access } from './access/access';
import { type OpenStream, OpenStreams } from './access/open-streams';
import { Authenticator } from './authenticator';
import { type IdentityNotice, IdentityNotices } from './identity-notices';
import { LiveSessions } from './sessions/live-sessions';

/** What is in memory of a caller is asked anew after 2 s: two looks find what no notice told, within 5 s. */
const LOOK_EVERY_MS = 2_500;
/** Callers whose store does not answer are believed this long after it was last known that they may. */
const UNVERIFIED_MAX_MS = 15_000;
/** Notices come in crowds: one look for those of a moment. */
const GATHER_MS = 20;
const NOTICES: readonly IdentityNotice[] = ['key', 'user', 'session', 'workspace', 'issuer', 'grant'];

/** Ends what is open when its caller is gone or may no longer have it: a credential is checked where it is shown, and streams show theirs once. */
@Injectable()
export class CallerWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(CallerWatch.name);
  private readonly unverifiedSinceMs = new WeakMap<OpenStream, number>();
  private readonly renewedAt = new WeakMap<OpenStream, { principal: Principal; grants: number }>();
  private timer: NodeJS.Timeout | undefined;
  private soon: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly streams: OpenStreams,
    private readonly access: Access,
    private readonly authenticator: Authenticator,
    private readonly sessions: LiveSessions,
    notices: IdentityNotices,
  ) {
    for (const kind of NOTICES)
      notices.on(kind, () => {
        this.lookSoon();
      });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    clearTimeout(this.soon);
    await this.looking;
  }

  /** One look at a time. Never rejects. */
  look(): Promise<void> {
    this.looking ??= this.lookOnce().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private lookSoon(): void {
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      void this.look();
    }, GATHER_MS).unref();
  }

  /** Callers with the same credential are asked for once. */
  private async lookOnce(): Promise<void> {
    const present = new Map<string, Promise<Principal | undefined>>();
    for (const stream of this.streams.all()) {
      const credential = credentialOf(stream);
      const asked = present.get(credential) ?? this.presentOf(stream);
      present.set(credential, asked);
      try {
        this.judge(stream, await asked);
      } catch (error) {
        this.doubt(stream, error);
      }
    }
  }

  private judge(stream: OpenStream, principal: Principal | undefined): void {
    this.unverifiedSinceMs.delete(stream);
    if (principal === undefined) {
      stream.end('revoked');
      return;
    }
    const grants = this.access.version;
    const before = this.renewedAt.get(stream);
    if (before?.principal === principal && before.grants === grants) return;
    this.renewedAt.set(stream, { principal, grants });
    if (!stream.renew(principal)) stream.end('denied');
  }

  private doubt(stream: OpenStream, error: unknown): void {
    const sinceMs = this.unverifiedSinceMs.get(stream) ?? performance.now();
    this.unverifiedSinceMs.set(stream, sinceMs);
    if (performance.now() - sinceMs < UNVERIFIED_MAX_MS) return;
    this.logger.warn(`a stream ends whose caller cannot be checked: ${String(error)}`);
    stream.end('unverifiable');
  }

  /** Whoever came by a ticket of another issuer showed nothing that could be asked for again; its streams have an end of their own. */
  private async presentOf({ principal, bearer, audience }: OpenStream): Promise<Principal | undefined> {
    // The session first: one that a key began ends by itself as well, and not only with the key.
    if (principal.sessionId !== undefined) {
      const session = await this.sessions.find(principal.sessionId);
      return session === undefined ? undefined : this.sessions.principalOf(session);
    }
    if (principal.keyId !== undefined) return this.authenticator.ofKey(principal.keyId);
    if (bearer === undefined) return principal;
    return this.authenticator.authenticate(bearer, audience === undefined ? {} : { audience });
  }
}

function credentialOf(stream: OpenStream): string {
  const { keyId, sessionId, id } = stream.principal;
  if (sessionId !== undefined) return `session ${sessionId}`;
  return keyId === undefined
    ? `bearer ${id} ${stream.audience ?? ''} ${stream.bearer ?? ''}`
    : `key ${keyId}`;
}
