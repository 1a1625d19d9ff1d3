import { PasswordInput, TextInput } from '@mantine/core';
import { api, rest } from '~/api/client';
import { useMe } from '~/api/me';
import { act } from '../act';
import { Ask } from '../ask';
import { text } from '../text';
import { useTyped } from '../use-typed';
import { RoleSelect, type Role } from './role-select';

const words = text.users;
const EMPTY = { username: '', display_name: '', password: '', role: 'viewer' as Role };

/** An account in the workspace of whoever makes it. */
export function CreateUser({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const { typed, put, field, reset } = useTyped(EMPTY);
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
    reset(EMPTY);
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
        {...field('username')}
        autoComplete="off"
        data-autofocus
        data-testid="user-name"
      />
      <TextInput label={words.displayName} {...field('display_name')} />
      <PasswordInput
        label={words.password}
        description={words.passwordAbout}
        {...field('password')}
        autoComplete="new-password"
        data-testid="user-password"
      />
      <RoleSelect value={role} onChange={(next) => put({ role: next })} />
    </Ask>
  );
}

function useOwnWorkspace(enabled: boolean): string {
  const { data: me } = useMe();
  const { data } = api.useQuery('get', '/api/v1/workspaces', {}, { enabled });
  return data?.workspaces.find(({ id }) => id === me?.workspace_id)?.name ?? '';
}
