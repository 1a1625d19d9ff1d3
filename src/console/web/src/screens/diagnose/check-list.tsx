import { Group, Loader, Stack, Text, VisuallyHidden } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleX } from '@tabler/icons-react';
import { CodeBlock } from '~/components';
import { type Check } from './diagnosis';
import classes from './diagnose.module.css';
import { text } from './text';

const ICONS = {
  passed: IconCircleCheck,
  failed: IconCircleX,
  warning: IconAlertTriangle,
  skipped: IconCircleDashed,
} as const;

const ICON_PX = 18;
const EVIDENCE_LINES = 8;

interface CheckListProps {
  readonly checks: readonly Check[];
  readonly isRunning: boolean;
}

/** In the order in which one needs the other; the last row turns while the next one is being asked. */
export function CheckList({ checks, isRunning }: CheckListProps) {
  return (
    <ol className={classes.list} aria-label={text.checks} data-testid="diagnose-checks">
      {checks.map((check) => (
        <CheckRow key={check.name} check={check} />
      ))}
      {isRunning && (
        <li className={classes.row} data-testid="diagnose-running">
          <Loader size={ICON_PX} aria-hidden />
          <Text c="dimmed">{text.running}</Text>
        </li>
      )}
    </ol>
  );
}

function CheckRow({ check }: { readonly check: Check }) {
  const { name, title, status, detail, evidence, duration_ms: ms } = check;
  const Icon = ICONS[status];
  return (
    <li
      className={classes.row}
      data-status={status}
      data-testid={`diagnose-check-${name}`}
      data-quiet={status === 'skipped' || undefined}
    >
      <Icon className={classes.icon} size={ICON_PX} aria-hidden />
      <Stack gap={2} className={classes.grow}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Text fw={status === 'failed' ? 600 : 500}>
            {title}
            <VisuallyHidden>: {text.statuses[status]}</VisuallyHidden>
          </Text>
          {status !== 'skipped' && (
            <Text size="xs" c="dimmed" className={classes.figure}>
              {text.inTime(ms)}
            </Text>
          )}
        </Group>
        <Text size="sm" c="dimmed" className={classes.words}>
          {detail}
        </Text>
        {status !== 'failed' && evidence.length > 0 && <Evidence lines={evidence} />}
      </Stack>
    </li>
  );
}

function Evidence({ lines }: { readonly lines: readonly string[] }) {
  return (
    <details className={classes.details}>
      <summary>
        {text.evidence}, {text.lines(lines.length)}
      </summary>
      <CodeBlock code={lines.join('\n')} label={text.evidence} maxLines={EVIDENCE_LINES} />
    </details>
  );
}
