import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { api, rest } from '~/api/client';
import { useMay, useMe } from '~/api/me';
import { type components } from '~/api/schema.gen';
import {
  confirmDestructive,
  CopyButton,
  EmptyState,
  Mark,
  Mono,
  PageHeader,
  Reason,
  RelativeTime,
  ResourceTable,
} from '~/components';
import { act, ANY_VERSION } from './act';
import { Ask } from './ask';
import { BY_CURSOR, FIRST_PAGE, pagesOf } from './paging';
import { RowButton, RowButtons } from './row-button';
import { text } from './text';
import { useTyped } from './use-typed';
import { workspaceText as words } from './workspace-text';

type Workspace = components['schemas']['WorkspaceDto'];
const EMPTY = { name: '', description: '' };

/** The parts of an installation that know nothing of one another. */
export default function WorkspacesPage() {
  const [edited, setEdited] = useState<Workspace | 'new'>();
  const mayCreate = useMay('workspaces:create');
  const query = api.useInfiniteQuery('get', '/api/v1/workspaces', FIRST_PAGE, BY_CURSOR);
  const add = mayCreate && (
    <Button onClick={() => setEdited('new')} data-testid="workspaces-add">
      {words.add}
    </Button>
  );
  return (
    <>
      <PageHeader
        title={words.title}
        crumbs={[{ label: text.admin }]}
        description={words.about}
        actions={add}
      />
      <ResourceTable<Workspace>
        label={words.title}
        testId="workspaces"
        columns={[
          ...COLUMNS,
          {
            id: 'actions',
            header: text.actions,
            cell: (row: Workspace) => <Actions workspace={row} onEdit={() => setEdited(row)} />,
          },
        ]}
        rows={query.data?.pages.flatMap(({ workspaces }) => workspaces) ?? []}
        rowId={({ id }) => id}
        rowName={({ name }) => name}
        empty={<EmptyState {...words.empty} action={add} />}
        {...pagesOf(query)}
      />
      <WorkspaceForm edited={edited} onClose={() => setEdited(undefined)} />
    </>
  );
}

const COLUMNS = [
  { id: 'name', header: text.name, cell: (row: Workspace) => <Name workspace={row} /> },
  {
    id: 'id',
    header: 'ID',
    cell: ({ id }: Workspace) => (
      <Group gap={4} wrap="nowrap">
        <Mono>{id}</Mono>
        <CopyButton value={id} label="ID" />
      </Group>
    ),
    hideBelow: 'md',
  },
  {
    id: 'created',
    header: words.created,
    cell: ({ created_at: at }: Workspace) => <RelativeTime at={at} />,
    hideBelow: 'sm',
  },
] as const;

function Name({ workspace: { id, name, description } }: { readonly workspace: Workspace }) {
  const { data: me } = useMe();
  return (
    <Stack gap={0} align="flex-start">
      <Group gap="xs">
        <span>{name}</span>
        {me?.workspace_id === id && <Mark tone="good">{words.current}</Mark>}
      </Group>
      <Reason text={description} />
    </Stack>
  );
}

function Actions({ workspace, onEdit }: { readonly workspace: Workspace; readonly onEdit: () => void }) {
  const { id, name } = workspace;
  const mayUpdate = useMay('workspaces:update');
  const isOwn = useMe().data?.workspace_id === id;
  // Who acts in a workspace is in it, so that it would be refused.
  const mayDelete = useMay('workspaces:delete') && !isOwn;
  const remove = (): void =>
    confirmDestructive({
      title: words.removeTitle(name),
      lists: words.removeLists,
      typeName: name,
      confirmLabel: text.remove,
      onConfirm: () =>
        act(
          rest.DELETE('/api/v1/workspaces/{id}', { params: { path: { id }, header: ANY_VERSION } }),
          words.removed,
        ),
    });
  return (
    <RowButtons>
      {mayUpdate && (
        <RowButton onClick={onEdit} testId="workspaces-edit">
          {words.edit}
        </RowButton>
      )}
      {mayDelete && (
        <RowButton onClick={remove} takesAway testId="workspaces-delete">
          {text.remove}
        </RowButton>
      )}
    </RowButtons>
  );
}

interface WorkspaceFormProps {
  readonly edited: Workspace | 'new' | undefined;
  readonly onClose: () => void;
}

function WorkspaceForm({ edited, onClose }: WorkspaceFormProps) {
  const { typed, field, reset } = useTyped(EMPTY);
  const known = edited === 'new' ? undefined : edited;
  useEffect(() => {
    reset(known === undefined ? EMPTY : { name: known.name, description: known.description });
  }, [known, edited, reset]);
  const save = (): Promise<unknown> =>
    known === undefined
      ? act(rest.POST('/api/v1/workspaces', { body: typed }), words.wasAdded)
      : act(
          rest.PATCH('/api/v1/workspaces/{id}', {
            params: { path: { id: known.id }, header: ANY_VERSION },
            body: typed,
          }),
          words.wasChanged,
        );
  return (
    <Ask
      title={known === undefined ? words.add : words.editTitle(known.name)}
      submit={known === undefined ? text.create : text.save}
      opened={edited !== undefined}
      onClose={onClose}
      onSubmit={save}
      disabled={typed.name === ''}
      testId="workspace-form"
    >
      <TextInput label={text.name} {...field('name')} data-autofocus data-testid="workspace-name" />
      <Textarea label={text.description} {...field('description')} autosize />
    </Ask>
  );
}
