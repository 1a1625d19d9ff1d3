import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Principal } from '@app/telemetry';
import { PermissionDeniedError } from '../domain/identity.errors';
import { refuseWeakPassword } from '../passwords/password-rules';
import { Passwords } from '../passwords/passwords';
import { PasswordCheck } from '../sign-in/password-check';
import { SignInRefusedError } from '../sign-in/sign-in.errors';
import { WrongPasswordError } from './user.errors';
import { UserLives } from './user-lives';
import { UserRows } from './user-rows';

export interface PasswordChange {
  readonly current: string;
  readonly next: string;
}

/** What users do to themselves. */
@Injectable()
export class OwnAccount {
  constructor(
    private readonly db: Database,
    private readonly rows: UserRows,
    private readonly passwords: Passwords,
    private readonly check: PasswordCheck,
    private readonly lives: UserLives,
  ) {}

  /** In a session of their own, not by a key: whoever found a key must not become its owner. */
  async changePassword(principal: Principal, { current, next }: PasswordChange): Promise<void> {
    const { userId, sessionId, keyId } = principal;
    if (userId === undefined || sessionId === undefined || keyId !== undefined)
      throw new PermissionDeniedError('a session of a user');
    const { username } = await this.rows.get(userId);
    await this.proveAgain(username, current);
    refuseWeakPassword(next, username, '/new_password');
    const hash = await this.passwords.hash(next);
    await this.db.transaction(async () => {
      await this.rows.setPassword(userId, hash);
      await this.lives.passwordChanged(userId, username, sessionId);
    });
  }

  /** Counted like a sign-in: a stolen session must not be a way to guess the password. */
  private async proveAgain(username: string, password: string): Promise<void> {
    try {
      await this.check.prove({ username, password });
    } catch (error) {
      throw error instanceof SignInRefusedError ? new WrongPasswordError() : error;
    }
  }
}
