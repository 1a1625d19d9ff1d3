import { Badge, Button, Card, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '~/api/me';
import { CodeBlock, Mono, notifyProblem } from '~/components';
import { documentOf, type Entry } from './data';
import { text } from './text';

const words = text.registry;

interface EntryCardProps {
  readonly entry: Entry;
  readonly onAdd: (content: string) => void;
}

/** Everything on it was written by strangers, and is shown as text. */
export function EntryCard({ entry, onAdd }: EntryCardProps) {
  const mayAdd = useMay('servers:create');
  const [busy, setBusy] = useState(false);
  const [document, setDocument] = useState<string>();
  const read = (then: (content: string) => void): void => {
    setBusy(true);
    documentOf(entry.name)
      .then(then, (error: unknown) => notifyProblem(error))
      .finally(() => setBusy(false));
  };
  const { name, title, description, version } = entry;
  return (
    <Card withBorder padding="sm" component="article" data-testid={`registry-card-${name}`}>
      <Stack gap="xs" h="100%" justify="space-between">
        <Stack gap={4}>
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {title === '' ? (name.split('/')[1] ?? name) : title}
          </Text>
          <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            <Mono>{name}</Mono>
          </Text>
          <Text size="sm" c="dimmed" lineClamp={3}>
            {description}
          </Text>
        </Stack>
        <Stack gap="xs">
          <Signs entry={entry} />
          <Group justify="space-between" gap="xs">
            <Text size="xs" c="dimmed" truncate maw="35%">
              {version === '' ? words.noVersion : version}
            </Text>
            <Group gap={4}>
              <Button
                size="compact-xs"
                variant="subtle"
                onClick={() => read(setDocument)}
                aria-label={words.lookOf(name)}
                data-testid={`registry-look-${name}`}
              >
                {words.look}
              </Button>
              {mayAdd && (
                <Button
                  size="compact-xs"
                  variant="default"
                  onClick={() => read(onAdd)}
                  loading={busy}
                  aria-label={words.addOf(name)}
                  data-testid={`registry-add-${name}`}
                >
                  {words.add}
                </Button>
              )}
            </Group>
          </Group>
        </Stack>
      </Stack>
      <Modal
        opened={document !== undefined}
        onClose={() => setDocument(undefined)}
        title={words.lookOf(name)}
        size="lg"
      >
        <Text size="sm" c="dimmed" mb="sm">
          {words.strangers}
        </Text>
        <CodeBlock code={document ?? ''} label={words.look} />
      </Modal>
    </Card>
  );
}

const Signs = ({ entry: { kinds, status } }: { readonly entry: Entry }) => (
  <Group gap={6}>
    {kinds.map((kind) => (
      <Badge key={kind} color="gray" variant="default" size="sm" tt="none" fw={500}>
        {words.kinds[kind] ?? kind}
      </Badge>
    ))}
    {status === 'deprecated' && (
      <Badge color="yellow" variant="default" size="sm" tt="none" fw={500}>
        {words.deprecated}
      </Badge>
    )}
  </Group>
);
