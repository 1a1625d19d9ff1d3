import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { api, rest } from '~/api/client';
import { useMay, useMe } from '~/api/me';
import { type components } from '~/api/schema.gen';
import {
  confirmDestructive,
  CopyButton,
  EmptyState,
  Mono,
  PageHeader,
  Reason,
  RelativeTime,
  ResourceTable,
} from '~/components';
import { act, ANY_VERSION } from './act';
import { Ask } from './ask';
import { Mark } from './mark';
import { text } from './text';
import { workspaceText as words } from './workspace-text';

type Workspace = components['schemas']['WorkspaceDto'];
const EMPTY = { name: '', description: '' };

/** The parts of an installation that know nothing of one another. */
export default function WorkspacesPage() {
  const [edited, setEdited] = useState<Workspace | 'new'>();
  const mayCreate = useMay('workspaces:create');
  const query = api.useInfiniteQuery(
    'get',
    '/api/v1/workspaces',
    { params: { query: { limit: 100 } } },
    {
      pageParamName: 'cursor',
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next_cursor,
    },
  );
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
        query={query}
        empty={<EmptyState {...words.empty} action={add} />}
        hasMore={query.hasNextPage}
        onMore={() => void query.fetchNextPage()}
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
  const [mayUpdate, mayDelete] = [useMay('workspaces:update'), useMay('workspaces:delete')];
  const { id, name } = workspace;
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
    <Group gap={4} wrap="nowrap">
      {mayUpdate && (
        <Button size="compact-xs" variant="default" onClick={onEdit} data-testid="workspaces-edit">
          {words.edit}
        </Button>
      )}
      {mayDelete && (
        <Button
          size="compact-xs"
          variant="subtle"
          color="red"
          onClick={remove}
          data-testid="workspaces-delete"
        >
          {text.remove}
        </Button>
      )}
    </Group>
  );
}

interface WorkspaceFormProps {
  readonly edited: Workspace | 'new' | undefined;
  readonly onClose: () => void;
}

function WorkspaceForm({ edited, onClose }: WorkspaceFormProps) {
  const [typed, setTyped] = useState(EMPTY);
  const known = edited === 'new' ? undefined : edited;
  useEffect(() => {
    setTyped(known === undefined ? EMPTY : { name: known.name, description: known.description });
  }, [known, edited]);
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
      <TextInput
        label={text.name}
        value={typed.name}
        onChange={(event) => setTyped({ ...typed, name: event.currentTarget.value })}
        data-autofocus
        data-testid="workspace-name"
      />
      <Textarea
        label={text.description}
        value={typed.description}
        onChange={(event) => setTyped({ ...typed, description: event.currentTarget.value })}
        autosize
      />
    </Ask>
  );
}
