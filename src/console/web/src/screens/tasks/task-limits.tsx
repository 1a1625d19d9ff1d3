import { ActionIcon, Button, Group, NumberInput, Select, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, rest } from '~/api/client';
import { useMay } from '~/api/me';
import { toProblem } from '~/api/problem';
import { type components } from '~/api/schema.gen';
import { type Column, EmptyState, notifyDone, notifyProblem, ResourceTable } from '~/components';
import { text } from './text';

type Limit = components['schemas']['TaskLimitDto'];
type Kind = 'type' | 'key';

const words = text.queues;
const REFETCH_MS = 5_000;
const KINDS = Object.entries(words.kinds).map(([value, label]) => ({ value, label }));

const COLUMNS: readonly Column<Limit>[] = [
  { id: 'kind', header: words.limit.kind, cell: ({ kind }) => words.kinds[kind] ?? kind },
  { id: 'name', header: words.limit.name, cell: ({ name }) => name },
  { id: 'running', header: words.limit.running, align: 'right', cell: ({ running }) => running },
  { id: 'most', header: words.limit.most, align: 'right', cell: ({ max_running: most }) => most },
  { id: 'remove', header: '', width: 44, cell: (limit) => <RemoveButton limit={limit} /> },
];

/** How many tasks run at once, by type or key; also the way to hold a type of task back. */
export function TaskLimits() {
  const query = api.useQuery('get', '/api/v1/tasks/limits', {}, { refetchInterval: REFETCH_MS });
  const maySet = useMay('tasks:limit');
  return (
    <>
      {maySet && <SetLimit />}
      <ResourceTable
        label={words.limits}
        testId="queues-limits"
        columns={COLUMNS}
        rows={query.data?.limits ?? []}
        rowId={({ kind, name }) => `${kind}:${name}`}
        query={query}
        empty={<EmptyState {...words.noLimits} testId="queues-no-limits" />}
      />
    </>
  );
}

const useRefresh = (): (() => void) => {
  const client = useQueryClient();
  return () => void client.invalidateQueries({ queryKey: ['get', '/api/v1/tasks/limits'] });
};

function SetLimit() {
  const refresh = useRefresh();
  const [kind, setKind] = useState<Kind>('type');
  const [name, setName] = useState('');
  const [most, setMost] = useState<number | string>(1);
  const set = async (): Promise<void> => {
    const { error } = await rest.PUT('/api/v1/tasks/limits/{kind}/{name}', {
      params: { path: { kind, name } },
      body: { max_running: Number(most) },
    });
    if (error !== undefined) {
      notifyProblem(toProblem(error));
      return;
    }
    notifyDone(words.limitSet(name));
    setName('');
    refresh();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void set();
      }}
    >
      <Group gap="xs" align="flex-end">
        <Select
          label={words.limit.kind}
          data={KINDS}
          value={kind}
          onChange={(value) => setKind(value === 'key' ? 'key' : 'type')}
          allowDeselect={false}
          w={160}
        />
        <TextInput
          label={words.limit.name}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
          data-testid="queues-limit-name"
        />
        <NumberInput label={words.limit.most} value={most} onChange={setMost} min={0} max={100_000} w={110} />
        <Button type="submit" variant="default" data-testid="queues-limit-set">
          {words.limit.add}
        </Button>
      </Group>
    </form>
  );
}

function RemoveButton({ limit }: { readonly limit: Limit }) {
  const refresh = useRefresh();
  if (!useMay('tasks:limit')) return null;
  const remove = async (): Promise<void> => {
    const path = { kind: limit.kind === 'key' ? ('key' as const) : ('type' as const), name: limit.name };
    const { error } = await rest.DELETE('/api/v1/tasks/limits/{kind}/{name}', { params: { path } });
    if (error !== undefined) {
      notifyProblem(toProblem(error));
      return;
    }
    notifyDone(words.limitGone(limit.name));
    refresh();
  };
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      onClick={() => void remove()}
      aria-label={`${words.limit.remove}: ${limit.name}`}
      data-testid="queues-limit-remove"
    >
      <IconTrash size={16} aria-hidden />
    </ActionIcon>
  );
}
