import { Badge, Group, Stack, Text, Title } from '@mantine/core';
import { CodeBlock, Mono } from '~/components';
import { BundleButton } from './bundle-button';
import { type Diagnosis } from './diagnosis';
import classes from './diagnose.module.css';
import { FixArea } from './fix-area';
import { text } from './text';

const EVIDENCE_LINES = 12;

interface VerdictCardProps {
  readonly diagnosis: Diagnosis;
  readonly instanceId: string;
  readonly name: string;
  /** A new one is on its way. */
  readonly isStale: boolean;
  readonly onApplied: () => void;
}

/** One sentence of cause, what shows it, and one thing to do about it. */
export function VerdictCard({ diagnosis, instanceId, name, isStale, onApplied }: VerdictCardProps) {
  const { verdict, summary, code, evidence, fix } = diagnosis;
  return (
    <section
      className={classes.verdict}
      data-verdict={verdict}
      data-stale={isStale || undefined}
      data-testid="diagnose-verdict"
      aria-live="polite"
    >
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Title order={2}>{text.verdicts[verdict]}</Title>
          {code !== null && (
            <Badge variant="default" tt="none" data-testid="diagnose-code">
              <Mono>{code}</Mono>
            </Badge>
          )}
        </Group>
        <Text className={classes.cause} data-testid="diagnose-cause">
          {summary}
        </Text>
        {verdict === 'unknown' && (
          <Text c="dimmed" maw="72ch">
            {text.unknown}
          </Text>
        )}
        {evidence.length > 0 && (
          <CodeBlock
            code={evidence.join('\n')}
            label={text.evidence}
            maxLines={EVIDENCE_LINES}
            testId="diagnose-evidence"
          />
        )}
        {fix !== null && <FixArea key={fix.label} fix={fix} name={name} onApplied={onApplied} />}
        {verdict === 'unknown' && <BundleButton instanceId={instanceId} name={name} />}
      </Stack>
    </section>
  );
}
