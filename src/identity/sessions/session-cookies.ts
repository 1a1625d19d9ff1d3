import { createHmac, timingSafeEqual } from 'node:crypto';
import { type IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Keyring } from '@app/security';
import { type Principal } from '@app/telemetry';
import { IdentityOptions } from '../identity.options';
import { BrowserOrigin } from './browser-origin';
import { LiveSessions } from './live-sessions';

const SECURE_NAME = '__Host-quayside';
/** Cookies know no ports: without it two installations on one machine would sign each other out. */
const LOCAL_NAME = 'quayside-local';
const PURPOSE = 'session-cookie';
/** `<session id>.<32 random bytes>` */
const VALUE = /^([0-9a-f-]{36})\.([\w-]{43})$/;
const MS_PER_S = 1_000;

/** What a sign-in hands to a browser. */
export interface CookieGrant {
  readonly sessionId: string;
  readonly secret: string;
  readonly expiresAt: Date;
}

/** The console's cookie: which one it is, who it stands for, and how it is set and taken away. */
@Injectable()
export class SessionCookies {
  readonly origin: BrowserOrigin;

  constructor(
    private readonly sessions: LiveSessions,
    private readonly keyring: Keyring,
    { publicUrls }: IdentityOptions,
  ) {
    this.origin = new BrowserOrigin(publicUrls);
  }

  /** Who the cookie of a request stands for; undefined without one, and for one that is not, or no longer, good. */
  async principalOf(headers: IncomingHttpHeaders): Promise<Principal | undefined> {
    const shown = VALUE.exec(this.valueIn(headers) ?? '');
    const [, id = '', secret = ''] = shown ?? [];
    if (shown === null) return undefined;
    const session = await this.sessions.find(id);
    if (session?.kind !== 'console' || session.digest === null) return undefined;
    return this.matches(secret, session.digest) ? this.sessions.principalOf(session) : undefined;
  }

  /** The `Set-Cookie` that begins a session. */
  headerFor(host: string, { sessionId, secret, expiresAt }: CookieGrant): string {
    const maxAgeS = Math.max(0, Math.floor((expiresAt.getTime() - Date.now()) / MS_PER_S));
    return `${this.nameFor(host)}=${sessionId}.${secret}; Max-Age=${maxAgeS}${this.attributesFor(host)}`;
  }

  /** The `Set-Cookie` that ends one. */
  clearingHeaderFor(host: string): string {
    return `${this.nameFor(host)}=; Max-Age=0${this.attributesFor(host)}`;
  }

  /** What the store keeps instead of the secret. */
  digestOf(secret: string): Buffer {
    return createHmac('sha256', this.keyring.deriveLasting(PURPOSE)).update(secret).digest();
  }

  private matches(secret: string, digest: Buffer): boolean {
    return this.keyring
      .deriveAllLasting(PURPOSE)
      .map((key) => createHmac('sha256', key).update(secret).digest())
      .some((one) => one.length === digest.length && timingSafeEqual(one, digest));
  }

  private valueIn({ cookie, host = '' }: IncomingHttpHeaders): string | undefined {
    if (cookie === undefined) return undefined;
    const wanted = `${this.nameFor(host)}=`;
    for (const part of cookie.split(';')) {
      const pair = part.trim();
      if (pair.startsWith(wanted)) return pair.slice(wanted.length);
    }
    return undefined;
  }

  /** Everywhere but on one's own machine without TLS the cookie needs TLS: a browser keeps it from being sent without. */
  private nameFor(host: string): string {
    if (!this.origin.isLoopback(host)) return SECURE_NAME;
    const port = /:(\d+)$/.exec(host)?.[1];
    return port === undefined ? LOCAL_NAME : `${LOCAL_NAME}-${port}`;
  }

  private attributesFor(host: string): string {
    const secure = this.origin.isLoopback(host) ? '' : '; Secure';
    return `; Path=/${secure}; HttpOnly; SameSite=Strict`;
  }
}
