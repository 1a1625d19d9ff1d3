import { PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, rest } from '~/api/client';
import { useMe } from '~/api/me';
import { act } from '../act';
import { Ask } from '../ask';
import { text } from '../text';
import { RoleSelect, type Role } from './role-select';

const words = text.users;
const EMPTY = { username: '', display_name: '', password: '', role: 'viewer' as Role };

/** An account in the workspace of whoever makes it. */
export function CreateUser({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const [typed, setTyped] = useState(EMPTY);
  const workspace = useOwnWorkspace(opened);
  const { username, display_name: displayName, password, role } = typed;
  const create = async (): Promise<void> => {
    const body = {
      username,
      memberships: [{ workspace, role }],
      ...(displayName === '' ? {} : { display_name: displayName }),
      ...(password === '' ? {} : { password }),
    };
    await act(rest.POST('/api/v1/users', { body }), words.wasCreated);
    setTyped(EMPTY);
  };
  return (
    <Ask
      title={words.add}
      submit={text.create}
      opened={opened}
      onClose={onClose}
      onSubmit={create}
      disabled={username === '' || workspace === ''}
      testId="user-form"
    >
      <TextInput
        label={words.username}
        value={username}
        onChange={(event) => setTyped({ ...typed, username: event.currentTarget.value })}
        autoComplete="off"
        data-autofocus
        data-testid="user-name"
      />
      <TextInput
        label={words.displayName}
        value={displayName}
        onChange={(event) => setTyped({ ...typed, display_name: event.currentTarget.value })}
      />
      <PasswordInput
        label={words.password}
        description={words.passwordAbout}
        value={password}
        onChange={(event) => setTyped({ ...typed, password: event.currentTarget.value })}
        autoComplete="new-password"
        data-testid="user-password"
      />
      <RoleSelect value={role} onChange={(next) => setTyped({ ...typed, role: next })} />
    </Ask>
  );
}

function useOwnWorkspace(enabled: boolean): string {
  const { data: me } = useMe();
  const { data } = api.useQuery('get', '/api/v1/workspaces', {}, { enabled });
  return data?.workspaces.find(({ id }) => id === me?.workspace_id)?.name ?? '';
}
