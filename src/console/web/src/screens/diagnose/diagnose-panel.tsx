import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { CopyButton, Mono, ProblemCard } from '~/components';
import { CheckList } from './check-list';
import { isSettled } from './diagnosis';
import { text } from './text';
import { useDiagnosis } from './use-diagnosis';
import { VerdictCard } from './verdict-card';

interface DiagnosePanelProps {
  readonly instanceId: string;
  readonly name: string;
  /** As it is now, where somebody follows it: when it comes to rest after a fix, the checks run again. */
  readonly status?: string;
}

export default function DiagnosePanel({ instanceId, name, status }: DiagnosePanelProps) {
  const { isRunning, checks, diagnosis, before, problem, run } = useDiagnosis(instanceId);
  const noteFix = useRerun(status, run);
  const shown = diagnosis ?? before;
  return (
    <Stack gap="md" data-testid="diagnose-panel">
      {problem !== undefined && <ProblemCard problem={problem} onRetry={run} />}
      {shown !== undefined && (
        <VerdictCard
          diagnosis={shown}
          instanceId={instanceId}
          name={name}
          isStale={diagnosis === undefined}
          onApplied={noteFix}
        />
      )}
      <Group justify="space-between" gap="xs">
        <Title order={2}>{text.checks}</Title>
        <Group gap="xs">
          <Text size="xs" c="dimmed">
            <Mono>{text.command(name)}</Mono>{' '}
            <CopyButton value={text.command(name)} label={text.commandLabel} testId="diagnose-command" />
          </Text>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconRefresh size={14} />}
            loading={isRunning}
            onClick={run}
            data-testid="diagnose-again"
          >
            {text.again}
          </Button>
        </Group>
      </Group>
      <CheckList checks={checks} isRunning={isRunning} />
    </Stack>
  );
}

/** Once after a fix, when the instance has come to rest; and whenever it has come up by itself. */
function useRerun(status: string | undefined, run: () => void): () => void {
  const hasFix = useRef(false);
  const last = useRef(status);
  useEffect(() => {
    const was = last.current;
    last.current = status;
    if (status === undefined || status === was || !isSettled(status)) return;
    if (!hasFix.current && status !== 'running') return;
    hasFix.current = false;
    run();
  }, [status, run]);
  return () => {
    hasFix.current = true;
  };
}
