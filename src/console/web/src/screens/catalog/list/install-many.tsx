import { Button, Group, List, Modal, Paper, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { rest } from '~/api/client';
import { toProblem } from '~/api/problem';
import { notifyProblem } from '~/components';
import { type Definition, needsValues } from '../definition';
import { text } from '../text';

interface Outcome {
  readonly name: string;
  readonly detail: string;
  readonly isAccepted: boolean;
}

interface InstallManyProps {
  readonly chosen: readonly Definition[];
  readonly onClear: () => void;
}

/** Several servers with one click; each has a line that says what became of it. */
export function InstallMany({ chosen, onClear }: InstallManyProps) {
  const [busy, setBusy] = useState(false);
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>();
  const install = async (): Promise<void> => {
    setBusy(true);
    try {
      setOutcomes(await installAll(chosen));
    } catch (error) {
      notifyProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const close = (): void => {
    setOutcomes(undefined);
    onClear();
  };
  return (
    <>
      {chosen.length > 0 && (
        <Paper withBorder p="xs" data-testid="catalog-selection">
          <Group justify="space-between">
            <Text size="sm">{text.selected(chosen.length)}</Text>
            <Group gap="xs">
              <Button size="xs" variant="default" onClick={onClear}>
                {text.clear}
              </Button>
              <Button
                size="xs"
                loading={busy}
                onClick={() => void install()}
                data-testid="catalog-install-many"
              >
                {text.installTogether}
              </Button>
            </Group>
          </Group>
        </Paper>
      )}
      <Modal opened={outcomes !== undefined} onClose={close} title={text.togetherDone}>
        <List size="sm" data-testid="catalog-install-results">
          {outcomes?.map(({ name, detail, isAccepted }) => (
            <List.Item key={name}>
              <Link to="/instances/$name" params={{ name }} disabled={!isAccepted}>
                {name}
              </Link>
              {`: ${detail}`}
            </List.Item>
          ))}
        </List>
      </Modal>
    </>
  );
}

async function installAll(chosen: readonly Definition[]): Promise<readonly Outcome[]> {
  const ready = chosen.filter((each) => !needsValues(each));
  const waiting = chosen
    .filter(needsValues)
    .map(({ name }) => ({ name, detail: text.needsForm, isAccepted: false }));
  if (ready.length === 0) return waiting;
  const operations = ready.map(({ id, name }) => ({ op: 'create', instance: { name, server_spec_id: id } }));
  const { data, error } = await rest.POST('/api/v1/mcp/instances/bulk', { body: { operations } });
  if (error !== undefined) throw toProblem(error);
  const results = data.results.map(({ index, problem }) => ({
    name: ready[index]?.name ?? '',
    isAccepted: problem === undefined,
    detail: problem === undefined ? text.accepted : problem.detail,
  }));
  return [...results, ...waiting];
}
