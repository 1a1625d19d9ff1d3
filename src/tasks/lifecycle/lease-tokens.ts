import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Keyring } from '@app/security';

const PURPOSE = 'task-lease';
const TOKEN = /^lt_([1-9][0-9]{0,8})\.([A-Za-z0-9_-]{43})$/;

/**
 * What an agent shows with everything it says of a task. Nothing is stored: the generation of the lease is in it, and which
 * generation counts stands in the task.
 */
@Injectable()
export class LeaseTokens {
  constructor(private readonly keyring: Keyring) {}

  of(taskId: string, leaseGen: number): string {
    return `lt_${leaseGen}.${seal(this.keyring.deriveLasting(PURPOSE), taskId, leaseGen)}`;
  }

  /** undefined: it is none of ours, or of another task. */
  read(taskId: string, token: string): number | undefined {
    const [, generation, digest = ''] = TOKEN.exec(token) ?? [];
    if (generation === undefined) return undefined;
    const leaseGen = Number(generation);
    const given = Buffer.from(digest);
    const isOurs = this.keyring
      .deriveAllLasting(PURPOSE)
      .some((key) => timingSafeEqual(given, Buffer.from(seal(key, taskId, leaseGen))));
    return isOurs ? leaseGen : undefined;
  }
}

const seal = (key: Buffer, taskId: string, leaseGen: number): string =>
  createHmac('sha256', key).update(`${taskId.toLowerCase()}|${leaseGen}`).digest('base64url');
