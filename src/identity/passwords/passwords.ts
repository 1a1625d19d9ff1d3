import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { Semaphore } from '@app/resilience';

/** argon2id, the library's default kind. 19 MiB and two passes: what OWASP asks for at least. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Each takes a thread of the pool that files and DNS need too, and its memory. */
const MAX_AT_ONCE = 2;
const MAX_WAITING = 100;

/** Hashes passwords and compares them, a few at a time. */
@Injectable()
export class Passwords {
  private readonly turns = new Semaphore(MAX_AT_ONCE, MAX_WAITING, 'Sign-in');
  private dummy: Promise<string> | undefined;

  hash(password: string): Promise<string> {
    return this.turns.run(() => hash(normal(password), COST));
  }

  /** Takes as long where there is no hash: what is compared then is nobody's, and never fits. */
  async matches(stored: string | null | undefined, password: string): Promise<boolean> {
    const against = stored ?? (await this.nobodys());
    const fits = await this.turns.run(() => verify(against, normal(password)));
    return fits && typeof stored === 'string';
  }

  private nobodys(): Promise<string> {
    this.dummy ??= hash(randomBytes(32).toString('base64'), COST);
    return this.dummy;
  }
}

/** The same letters from another keyboard are the same password. */
const normal = (password: string): string => password.normalize('NFKC');
