import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Database, Lease } from '@app/database';
import { type JsonObject } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { Keyring } from '@app/security';
import { keyRotationEnded } from '../domain/secret.events';
import { additionalData, issuerSecretAad } from '../secret-seal';
import { ROOT_AAD } from './installation-root';
import {
  KeyringRows,
  type RotationRow,
  type Sealed,
  type VersionPlace,
  type WrappedVersion,
} from './keyring-rows';

const LEASE = 'secrets:key-rotation';
const LEASE_TERM_MS = 30_000;
const BATCH = 200;

/** Processes that were not started with the new key go on writing with the old one: what they write last is theirs to rotate. */
const PASSES_MAX = 10;

interface PassOutcome {
  readonly changed: number;
  readonly failed: number;
}

interface Opened {
  readonly versions: WrappedVersion[];
  readonly wrapped: Buffer[];
}

/**
 * Wraps every data key with the primary master key; no value is opened. Each batch is a transaction that changes only what
 * is still as it was read, so that a worker may end at any line and another one, or two at once, may go on.
 */
@Injectable()
export class KeyRotation {
  private readonly logger = new Logger(KeyRotation.name);
  private readonly lease: Lease;

  constructor(
    private readonly db: Database,
    private readonly rows: KeyringRows,
    private readonly keyring: Keyring,
    private readonly events: EventAppender,
  ) {
    this.lease = new Lease(db, { name: LEASE, holder: randomUUID(), termMs: LEASE_TERM_MS });
  }

  /** Goes on with the rotation that was asked for, if this process has its key as the primary one. Answers whether it did. */
  async run(signal: AbortSignal): Promise<boolean> {
    const rotation = await this.rows.open();
    if (rotation === undefined || !this.present.includes(rotation.kid)) return false;
    if (!(await this.lease.tryAcquire())) return false;
    try {
      await this.rotate(rotation, signal);
    } finally {
      await this.lease.release();
    }
    return true;
  }

  /** Every name of the primary key. */
  private get present(): readonly string[] {
    return this.keyring.masters[0] ?? [];
  }

  private async rotate(rotation: RotationRow, signal: AbortSignal): Promise<void> {
    let failed = 0;
    // Values that others stored meanwhile may lie behind us: passes are made until one finds nothing to do.
    for (let passes = 0; passes < PASSES_MAX; passes += 1) {
      const done = await this.pass(rotation, signal);
      if (done === undefined) return;
      failed = done.failed;
      if (done.changed === 0) break;
    }
    await this.finish(rotation, failed);
  }

  /** undefined: stopped, or ended by somebody else. */
  private async pass(rotation: RotationRow, signal: AbortSignal): Promise<PassOutcome | undefined> {
    let place: VersionPlace | undefined;
    let [changed, failed] = [0, 0];
    for (;;) {
      if (signal.aborted || !(await this.lease.renew())) return undefined;
      const found = await this.rows.after(place, this.present, BATCH);
      const { versions, wrapped } = this.rewrapAll(found);
      const done = await this.store(rotation, versions, wrapped);
      if (done === undefined) return undefined;
      changed += done;
      failed += found.length - versions.length;
      place = found.at(-1);
      if (found.length < BATCH) return { changed, failed };
    }
  }

  private rewrapAll(found: readonly WrappedVersion[]): Opened {
    const opened: Opened = { versions: [], wrapped: [] };
    for (const version of found) {
      const { scope, id, name, version: number } = version;
      const aad = additionalData(scope, id, number, name);
      const wrapped = this.rewrapped(version, aad, `secret ${scope}:${name} version ${number}`);
      if (wrapped === undefined) continue;
      opened.wrapped.push(wrapped);
      opened.versions.push(version);
    }
    return opened;
  }

  private store(
    { operation_id: operationId, kid }: RotationRow,
    versions: readonly WrappedVersion[],
    wrapped: readonly Buffer[],
  ): Promise<number | undefined> {
    return this.db.transaction(async () => {
      const changed = versions.length === 0 ? 0 : await this.rows.rewrap(versions, wrapped, kid);
      const { done, left } = await this.counts();
      const step = { name: 're-wrap', status: 'running', message: `${done} of ${done + left} versions.` };
      const share = done + left === 0 ? 0 : done / (done + left);
      return (await this.rows.progress(operationId, changed, { share, step })) ? changed : undefined;
    });
  }

  private async finish({ operation_id: operationId, kid }: RotationRow, unopened: number): Promise<void> {
    await this.db.transaction(async () => {
      await this.rewrapRoot();
      const failed = unopened + (await this.rewrapIssuers());
      const words =
        failed === 0
          ? 'Every data key is wrapped with it.'
          : `${failed} versions could not be opened; the log names them.`;
      const status = failed === 0 ? 'succeeded' : 'failed';
      const step = { name: 're-wrap', status, message: words };
      const ended = await this.rows.end(operationId, {
        ...{ status, failed, step },
        error: failed === 0 ? null : problem(words),
      });
      if (!ended) return;
      const { rewrapped } = (await this.rows.latest()) ?? { rewrapped: 0 };
      await this.events.append([keyRotationEnded(kid, operationId, { rewrapped, failed })]);
    });
  }

  private async rewrapRoot(): Promise<void> {
    const root = await this.rows.wrappedRoot();
    if (root === undefined || this.present.includes(root.kid)) return;
    const { ciphertext, wrapped_key: wrappedKey, kid } = root;
    const fresh = this.keyring.rewrapEnvelope({ ciphertext, wrappedKey, kid }, ROOT_AAD);
    await this.rows.rewrapRoot(fresh.wrappedKey, fresh.kid);
  }

  /** Answers how many could not be opened. */
  private async rewrapIssuers(): Promise<number> {
    let failed = 0;
    for (const secret of await this.rows.issuerSecrets(this.present)) {
      const { issuer_id: id, kind } = secret;
      const wrapped = this.rewrapped(secret, issuerSecretAad(id, kind), `the ${kind} secret of issuer ${id}`);
      if (wrapped === undefined) failed += 1;
      else await this.rows.rewrapIssuerSecret(secret, wrapped, this.keyring.primaryKid);
    }
    return failed;
  }

  /** undefined: its key is not in the ring, or the row was tampered with; it stays as it is, and is counted at the end. */
  private rewrapped(
    { kid, wrapped_key: wrappedKey, ciphertext }: Sealed,
    aad: string,
    what: string,
  ): Buffer | undefined {
    try {
      return this.keyring.rewrapEnvelope({ kid, ciphertext, wrappedKey }, aad).wrappedKey;
    } catch (error) {
      this.logger.warn(`${what} is not re-wrapped: ${String(error)}`);
      return undefined;
    }
  }

  private async counts(): Promise<{ readonly done: number; readonly left: number }> {
    let [done, left] = [0, 0];
    for (const [kid, count] of await this.rows.counts()) {
      if (this.present.includes(kid)) done += count;
      else left += count;
    }
    return { done, left };
  }
}

const problem = (detail: string): JsonObject => ({
  type: '/problems/secret_unreadable',
  status: 503,
  code: 'secret_unreadable',
  title: 'A secret cannot be read',
  detail,
});
