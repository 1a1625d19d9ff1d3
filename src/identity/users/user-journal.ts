import { Injectable } from '@nestjs/common';
import { EventAppender } from '@app/outbox';
import { FACTS } from '../identity-facts';
import { IdentityNotices } from '../identity-notices';
import { type Membership, type User } from './user';

/** What is decided of a user. */
interface UserState {
  readonly displayName: string;
  readonly email: string | null;
  readonly memberships: readonly Membership[];
  readonly disabled: boolean;
}

/** Tells what became of users: to the trail, to other contexts, and to every process that remembers them. */
@Injectable()
export class UserJournal {
  constructor(
    private readonly events: EventAppender,
    private readonly notices: IdentityNotices,
  ) {}

  async created({ id, username, memberships, ...user }: User): Promise<void> {
    await this.events.append([FACTS.userCreated(id, { username, memberships: memberships.map(told) })], {
      after: { username, ...stateOf({ ...user, memberships, disabled: false }) },
    });
  }

  /** One fact for each kind of change: who looks for changes of roles must not have to compare. */
  async changed(
    { id, username, ...user }: User,
    { isPasswordNew, ...now }: UserState & { readonly isPasswordNew: boolean },
  ): Promise<void> {
    const [before, after] = [stateOf({ ...user, disabled: user.disabledAt !== null }), stateOf(now)];
    const roles = { before: before.memberships, after: after.memberships };
    const isRoleNew = JSON.stringify(roles.before) !== JSON.stringify(roles.after);
    const facts = [
      FACTS.userUpdated(id, { username, disabled: now.disabled }),
      ...(isRoleNew ? [FACTS.roleChanged(id, { username, ...roles })] : []),
      ...(isPasswordNew ? [FACTS.passwordChanged(id, { username })] : []),
    ];
    await this.events.append(facts, { before, after });
    this.notices.publish('user', id);
  }

  async removed({ id, username, ...user }: User): Promise<void> {
    const before = { username, ...stateOf({ ...user, disabled: user.disabledAt !== null }) };
    await this.events.append([FACTS.userDeleted(id, { username })], { before });
    this.notices.publish('user', id);
  }
}

const stateOf = ({ displayName, email, memberships, disabled }: UserState) => ({
  ...{ displayName, email, disabled, memberships: memberships.map(told) },
});

const told = ({ workspaceId, workspace, role }: Membership) => ({
  workspace_id: workspaceId,
  workspace,
  role,
});
