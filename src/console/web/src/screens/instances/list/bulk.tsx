import { Button, Group, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconPlayerPlay, IconPlayerStop, IconRefresh, IconTrash } from '@tabler/icons-react';
import { useMay } from '~/api/me';
import { words } from '~/design/words';
import { type Instance } from '../data/instance';
import { text } from '../text';
import { BulkDialog } from './bulk-dialog';

export const BULK_MAX = 500;
export type BulkVerb = 'start' | 'stop' | 'restart' | 'delete';

const VERBS = [
  { verb: 'start', Icon: IconPlayerPlay, permission: 'instances:operate' },
  { verb: 'stop', Icon: IconPlayerStop, permission: 'instances:operate' },
  { verb: 'restart', Icon: IconRefresh, permission: 'instances:operate' },
  { verb: 'delete', Icon: IconTrash, permission: 'instances:delete' },
] as const;

interface BulkBarProps {
  readonly rows: readonly Instance[];
  readonly onDone: () => void;
}

/** What can be done with the selected rows. */
export function BulkBar({ rows, onDone }: BulkBarProps) {
  const may = {
    'instances:operate': useMay('instances:operate'),
    'instances:delete': useMay('instances:delete'),
  };
  if (rows.length === 0) return null;
  const ask = (verb: BulkVerb): void => {
    const id = modals.open({
      title: text.bulk.question(text.bulk.title[verb], Math.min(BULK_MAX, rows.length)),
      size: 'lg',
      children: (
        <BulkDialog
          verb={verb}
          rows={rows.slice(0, BULK_MAX)}
          onClose={() => modals.close(id)}
          onDone={onDone}
        />
      ),
    });
  };
  return (
    <Group gap="xs" data-testid="instances-bulk" role="toolbar" aria-label={words.selected(rows.length)}>
      <Text size="sm">{words.selected(rows.length)}</Text>
      {VERBS.filter(({ permission }) => may[permission]).map(({ verb, Icon }) => (
        <Button
          key={verb}
          size="xs"
          variant="default"
          leftSection={<Icon size={14} />}
          onClick={() => ask(verb)}
          data-testid={`instances-bulk-${verb}`}
        >
          {text.bulk[verb]}
        </Button>
      ))}
      <Button size="xs" variant="subtle" onClick={onDone}>
        {text.bulk.clear}
      </Button>
      {rows.length > BULK_MAX && (
        <Text size="xs" c="dimmed">
          {text.bulk.limit(BULK_MAX)}
        </Text>
      )}
    </Group>
  );
}
