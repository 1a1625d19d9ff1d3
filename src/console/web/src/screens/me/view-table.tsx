import { Anchor, Button, Group, Text, TextInput, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type SyntheticEvent, useState } from 'react';
import { api, rest } from '~/api/client';
import { queryClient } from '~/api/query-client';
import { type components } from '~/api/schema.gen';
import { EmptyState, notifyDone, notifyProblem, ResourceTable } from '~/components';
import { placeOf } from '~/shell/saved-views';
import { text } from './text';

type View = components['schemas']['SavedViewDto'];
const PATH = '/api/v1/me/views';
const EMPTY = { name: '', path: '' };

/** Pages with their filters, kept under names. */
export function ViewTable() {
  const query = api.useQuery('get', PATH);
  const [typed, setTyped] = useState(EMPTY);
  const save = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    const { name, path } = typed;
    const { error } = await rest.PUT('/api/v1/me/views/{name}', {
      params: { path: { name } },
      body: { path },
    });
    if (error !== undefined) {
      notifyProblem(error);
      return;
    }
    setTyped(EMPTY);
    notifyDone(text.saved);
    await again();
  };
  return (
    <section>
      <Title order={2}>{text.views}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {text.viewsAbout}
      </Text>
      <form onSubmit={(event) => void save(event)} data-testid="me-view-form">
        <Group gap="sm" align="flex-end" mb="sm">
          <TextInput
            label={text.name}
            value={typed.name}
            onChange={(event) => setTyped({ ...typed, name: event.currentTarget.value })}
            data-testid="me-view-name"
          />
          <TextInput
            label={text.path}
            description={text.pathAbout}
            value={typed.path}
            onChange={(event) => setTyped({ ...typed, path: event.currentTarget.value })}
            data-testid="me-view-path"
          />
          <Button type="submit" variant="default" disabled={typed.name === '' || typed.path === ''}>
            {text.save}
          </Button>
        </Group>
      </form>
      <ResourceTable<View>
        label={text.views}
        testId="me-views"
        columns={COLUMNS}
        rows={query.data?.views ?? []}
        rowId={({ name }) => name}
        query={query}
        empty={<EmptyState {...text.noViews} />}
      />
    </section>
  );
}

const again = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['get', PATH] });

async function remove(name: string): Promise<void> {
  const { error } = await rest.DELETE('/api/v1/me/views/{name}', { params: { path: { name } } });
  if (error !== undefined) {
    notifyProblem(error);
    return;
  }
  await again();
}

const COLUMNS = [
  { id: 'name', header: text.name, cell: ({ name, path }: View) => <Open name={name} path={path} /> },
  { id: 'path', header: text.path, cell: ({ path }: View) => path, hideBelow: 'sm' },
  {
    id: 'actions',
    header: text.actions,
    cell: ({ name }: View) => (
      <Button
        size="compact-xs"
        variant="subtle"
        color="red"
        onClick={() => void remove(name)}
        data-testid="me-view-remove"
      >
        {text.remove}
      </Button>
    ),
  },
] as const;

function Open({ name, path }: { readonly name: string; readonly path: string }) {
  const { to, search } = placeOf(path);
  return (
    <Anchor component={Link} to={to} search={search as never}>
      {name}
    </Anchor>
  );
}
