import { Select } from '@mantine/core';
import { useEffect, useState } from 'react';
import { rest } from '~/api/client';
import { act, ANY_VERSION } from '../act';
import { Ask } from '../ask';
import { text } from '../text';
import { RoleSelect, type Role } from './role-select';
import { type User } from './user-table';

const words = text.users;

/** Another role in one of the user's workspaces; the others stay. */
export function ChangeRole({
  user,
  onClose,
}: {
  readonly user: User | undefined;
  readonly onClose: () => void;
}) {
  const [workspace, setWorkspace] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  useEffect(() => {
    setWorkspace(user?.memberships[0]?.workspace ?? '');
    setRole(user?.memberships[0]?.role ?? 'viewer');
  }, [user]);
  const memberships = user?.memberships ?? [];
  const change = (): Promise<unknown> =>
    act(
      rest.PATCH('/api/v1/users/{id}', {
        params: { path: { id: user?.id ?? '' }, header: ANY_VERSION },
        body: {
          memberships: memberships.map((one) => ({
            workspace: one.workspace,
            role: one.workspace === workspace ? role : one.role,
          })),
        },
      }),
      words.wasChanged,
    );
  return (
    <Ask
      title={words.changeRole(user?.username ?? '')}
      submit={text.save}
      opened={user !== undefined}
      onClose={onClose}
      onSubmit={change}
      disabled={workspace === ''}
      testId="role-form"
    >
      {memberships.length > 1 && (
        <Select
          label={words.workspace}
          data={memberships.map((one) => one.workspace)}
          value={workspace}
          onChange={(next) => setWorkspace(next ?? '')}
          allowDeselect={false}
        />
      )}
      <RoleSelect value={role} onChange={setRole} />
    </Ask>
  );
}
