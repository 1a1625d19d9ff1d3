import { Button, Group, List, Stack, Text, TextInput } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useState } from 'react';
import { words } from '~/design/words';
import { ProblemCard } from './problem-card';

interface Destruction {
  readonly title: string;
  /** What goes: container, network, secrets, what uses it. */
  readonly lists: readonly string[];
  /** Has to be typed; for what cannot be made again. */
  readonly typeName?: string;
  readonly confirmLabel: string;
  readonly onConfirm: () => Promise<unknown>;
}

/** Asks before something irreversible, saying what goes; a refusal stays in the dialog. */
export function confirmDestructive(destruction: Destruction): void {
  const id = modals.open({
    title: destruction.title,
    children: <Confirmation {...destruction} onClose={() => modals.close(id)} />,
  });
}

function Confirmation({
  lists,
  typeName,
  confirmLabel,
  onConfirm,
  onClose,
}: Destruction & { onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [state, setState] = useState<{ busy: boolean; error?: unknown }>({ busy: false });
  const blocked = typeName !== undefined && typed !== typeName;
  const confirm = (): void => {
    setState({ busy: true });
    onConfirm().then(onClose, (error: unknown) => setState({ busy: false, error }));
  };
  return (
    <Stack gap="sm">
      {lists.length > 0 && <Text size="sm">{words.goes}</Text>}
      <List size="sm">
        {lists.map((item) => (
          <List.Item key={item}>{item}</List.Item>
        ))}
      </List>
      {typeName !== undefined && (
        <TextInput
          label={words.typeToConfirm(typeName)}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          data-autofocus
          data-testid="confirm-name"
          autoComplete="off"
        />
      )}
      {state.error !== undefined && <ProblemCard problem={state.error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button color="red" disabled={blocked} loading={state.busy} onClick={confirm} data-testid="confirm">
          {confirmLabel}
        </Button>
      </Group>
    </Stack>
  );
}
