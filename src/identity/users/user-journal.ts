import { Injectable } from '@nestjs/common';
import { EventAppender } from '@app/outbox';
import { FACTS } from '../identity-facts';
import { IdentityNotices } from '../identity-notices';
import { type Membership, type User } from './user';

interface Changed {
  readonly memberships: readonly Membership[];
  readonly disabled: boolean;
  readonly isPasswordNew: boolean;
}

/** Tells what became of users: to the trail, to other contexts, and to every process that remembers them. */
@Injectable()
export class UserJournal {
  constructor(
    private readonly events: EventAppender,
    private readonly notices: IdentityNotices,
  ) {}

  async created(id: string, username: string, memberships: readonly Membership[]): Promise<void> {
    await this.events.append([FACTS.userCreated(id, { username, memberships: memberships.map(told) })]);
  }

  /** One fact for each kind of change: who looks for changes of roles must not have to compare. */
  async changed(
    { id, username, ...before }: User,
    { memberships, disabled, isPasswordNew }: Changed,
  ): Promise<void> {
    const roles = { before: before.memberships.map(told), after: memberships.map(told) };
    const isRoleNew = JSON.stringify(roles.before) !== JSON.stringify(roles.after);
    await this.events.append([
      FACTS.userUpdated(id, { username, disabled }),
      ...(isRoleNew ? [FACTS.roleChanged(id, { username, ...roles })] : []),
      ...(isPasswordNew ? [FACTS.passwordChanged(id, { username })] : []),
    ]);
    this.notices.publish('user', id);
  }

  async removed({ id, username }: User): Promise<void> {
    await this.events.append([FACTS.userDeleted(id, { username })]);
    this.notices.publish('user', id);
  }
}

const told = ({ workspaceId, workspace, role }: Membership) => ({
  workspace_id: workspaceId,
  workspace,
  role,
});
