import { type ReactNode, useState } from 'react';
import { api, rest } from '~/api/client';
import { useMay } from '~/api/me';
import { type components } from '~/api/schema.gen';
import {
  confirmDestructive,
  EmptyState,
  Mark,
  notifyProblem,
  RelativeTime,
  ResourceTable,
} from '~/components';
import { act, ANY_VERSION } from '../act';
import { BY_CURSOR, FIRST_PAGE, pagesOf } from '../paging';
import { RowButton, RowButtons } from '../row-button';
import { text } from '../text';
import { ChangeRole } from './change-role';

export type User = components['schemas']['UserDto'];
const words = text.users;

/** Accounts of people, with their roles. */
export function UserTable({ add }: { readonly add: ReactNode }) {
  const [changing, setChanging] = useState<User>();
  const query = api.useInfiniteQuery('get', '/api/v1/users', FIRST_PAGE, BY_CURSOR);
  return (
    <>
      <ResourceTable<User>
        label={words.tabs.users}
        testId="users"
        columns={COLUMNS(setChanging)}
        rows={query.data?.pages.flatMap(({ users }) => users) ?? []}
        rowId={({ id }) => id}
        empty={<EmptyState {...words.empty} action={add} />}
        {...pagesOf(query)}
      />
      <ChangeRole user={changing} onClose={() => setChanging(undefined)} />
    </>
  );
}

const COLUMNS = (change: (user: User) => void) =>
  [
    { id: 'username', header: words.username, cell: ({ username }: User) => username },
    {
      id: 'name',
      header: words.displayName,
      cell: ({ display_name: name }: User) => (name === '' ? text.none : name),
      hideBelow: 'sm',
    },
    {
      id: 'roles',
      header: words.roles,
      cell: ({ memberships }: User) =>
        memberships.map(({ workspace, role }) => `${role} (${workspace})`).join(', '),
    },
    {
      id: 'status',
      header: text.status,
      cell: ({ disabled }: User) => (
        <Mark tone={disabled ? 'idle' : 'good'}>{disabled ? words.disabled : words.active}</Mark>
      ),
    },
    {
      id: 'sign_in',
      header: words.signIn,
      cell: ({ has_password: own }: User) => (own ? words.withPassword : words.elsewhere),
      hideBelow: 'md',
    },
    {
      id: 'created',
      header: text.created,
      cell: ({ created_at: at }: User) => <RelativeTime at={at} />,
      hideBelow: 'md',
    },
    { id: 'actions', header: text.actions, cell: (user: User) => <Actions user={user} change={change} /> },
  ] as const;

function Actions({ user, change }: { readonly user: User; readonly change: (user: User) => void }) {
  const mayUpdate = useMay('users:update');
  const mayDelete = useMay('users:delete');
  const { id, username, disabled } = user;
  const target = { params: { path: { id }, header: ANY_VERSION } };
  const toggle = (): void => {
    const done = disabled ? words.wasEnabled(username) : words.wasDisabled(username);
    act(rest.PATCH('/api/v1/users/{id}', { ...target, body: { disabled: !disabled } }), done).catch(
      (error: unknown) => notifyProblem(error),
    );
  };
  const remove = (): void =>
    confirmDestructive({
      title: words.removeTitle(username),
      lists: words.removeLists,
      typeName: username,
      confirmLabel: text.remove,
      onConfirm: () => act(rest.DELETE('/api/v1/users/{id}', target), words.removed),
    });
  return (
    <RowButtons>
      {mayUpdate && (
        <>
          <RowButton onClick={() => change(user)} testId="users-role">
            {words.role}
          </RowButton>
          <RowButton onClick={toggle} testId="users-toggle">
            {disabled ? words.enable : words.disable}
          </RowButton>
        </>
      )}
      {mayDelete && (
        <RowButton onClick={remove} takesAway testId="users-delete">
          {text.remove}
        </RowButton>
      )}
    </RowButtons>
  );
}
