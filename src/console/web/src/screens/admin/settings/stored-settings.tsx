import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { api, rest } from '~/api/client';
import { useMay } from '~/api/me';
import { type components } from '~/api/schema.gen';
import { EmptyState, Mark, Mono, notifyProblem, ResourceTable } from '~/components';
import { act, ANY_VERSION } from '../act';
import { settingText as words } from '../more-text';
import { text } from '../text';
import { EditSetting } from './edit-setting';

export type Setting = components['schemas']['SettingDto'];

/** Every stored setting with its value, and whether somebody set it. */
export function StoredSettings() {
  const [edited, setEdited] = useState<Setting>();
  const query = api.useQuery('get', '/api/v1/settings');
  return (
    <>
      <ResourceTable<Setting>
        label={words.tabs.stored}
        testId="settings"
        columns={COLUMNS(setEdited)}
        rows={query.data?.settings ?? []}
        rowId={({ name }) => name}
        query={query}
        empty={<EmptyState {...words.empty} />}
      />
      <EditSetting setting={edited} onClose={() => setEdited(undefined)} />
    </>
  );
}

/** Limits one below the other; what is null has none. */
export function shown(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const limits = Object.entries(value).filter(([, limit]) => limit !== null);
  return limits.length === 0
    ? text.none
    : limits.map(([name, limit]) => `${name}: ${String(limit)}`).join(', ');
}

const COLUMNS = (edit: (setting: Setting) => void) =>
  [
    {
      id: 'name',
      header: words.name,
      cell: ({ name, description }: Setting) => (
        <Stack gap={0}>
          <Mono>{name}</Mono>
          <Text size="xs" c="dimmed" maw={480}>
            {description}
          </Text>
        </Stack>
      ),
    },
    { id: 'value', header: words.value, cell: ({ value }: Setting) => <Mono>{shown(value)}</Mono> },
    {
      id: 'source',
      header: words.source,
      cell: ({ is_set: isSet }: Setting) => (
        <Mark tone={isSet ? 'good' : 'idle'}>{isSet ? words.isSet : words.isDefault}</Mark>
      ),
      hideBelow: 'sm',
    },
    { id: 'actions', header: text.actions, cell: (row: Setting) => <Actions setting={row} edit={edit} /> },
  ] as const;

function Actions({
  setting,
  edit,
}: {
  readonly setting: Setting;
  readonly edit: (setting: Setting) => void;
}) {
  const mayWrite = useMay('settings:write');
  if (!mayWrite) return null;
  const { name, is_set: isSet } = setting;
  const reset = (): void => {
    const params = { path: { name }, header: ANY_VERSION };
    act(rest.DELETE('/api/v1/settings/{name}', { params }), words.wasReset).catch((error: unknown) =>
      notifyProblem(error),
    );
  };
  return (
    <Group gap={4} wrap="nowrap">
      <Button size="compact-xs" variant="default" onClick={() => edit(setting)} data-testid="settings-edit">
        {words.edit}
      </Button>
      {isSet && (
        <Button size="compact-xs" variant="subtle" onClick={reset} data-testid="settings-reset">
          {words.reset}
        </Button>
      )}
    </Group>
  );
}
