import { Anchor, Button, Group, Text, Title } from '@mantine/core';
import { IconAlertTriangleFilled, IconCircleCheck, IconHandStop, IconXboxXFilled } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type components } from '~/api/schema.gen';
import { RelativeTime } from '~/components';
import { linkTo } from './link-to';
import classes from './overview.module.css';
import { type AttentionKind, text } from './text';

type Overview = components['schemas']['OverviewDto'];
type Line = components['schemas']['AttentionDto'];

const TONES: Readonly<Partial<Record<AttentionKind, 'bad' | 'wait'>>> = {
  instance_failed: 'bad',
  agent_lost: 'bad',
  dead_letter: 'bad',
  approval_waiting: 'wait',
};
const ICONS = { bad: IconXboxXFilled, wait: IconHandStop, warn: IconAlertTriangleFilled } as const;

/** What needs somebody: the object, why in one sentence, since when, and where it is repaired. */
export function Attention({ overview }: { readonly overview: Overview }) {
  const { attention, checked, at } = overview;
  const more = checked
    .map(({ kind, total }) => ({ kind, left: total - attention.filter((line) => line.kind === kind).length }))
    .filter(({ left }) => left > 0);
  if (attention.length === 0) return <AllWell checked={checked.length} at={at} />;
  return (
    <section className={classes.card} aria-label={text.attention} data-testid="overview-attention">
      <Title order={2} mb={4}>
        {text.attention}
      </Title>
      <ul className={classes.list}>
        {attention.map((line) => (
          <AttentionLine key={`${line.kind}${line.object_id}${line.cause}`} line={line} />
        ))}
      </ul>
      {more.map(({ kind, left }) => (
        <Text key={kind} size="xs" c="dimmed">
          {text.more(left, text.kinds[kind].what)}
        </Text>
      ))}
    </section>
  );
}

function AttentionLine({ line }: { readonly line: Line }) {
  const { kind, object_name: name, cause, since, link } = line;
  const tone = TONES[kind] ?? 'warn';
  const Icon = ICONS[tone];
  const { to, search } = linkTo(link);
  return (
    <li className={classes.line} data-testid="overview-attention-line" data-kind={kind}>
      <span className={classes.icon} data-tone={tone}>
        <Icon size={16} aria-label={text.kinds[kind].what} role="img" />
      </span>
      <div style={{ minWidth: 0 }}>
        <Anchor
          component={Link}
          to={to}
          search={search as never}
          fw={600}
          size="sm"
          style={{ overflowWrap: 'anywhere' }}
        >
          {name}
        </Anchor>
        <Text size="sm" c="dimmed" lineClamp={2} title={cause} style={{ overflowWrap: 'anywhere' }}>
          {cause}
        </Text>
      </div>
      <Text size="xs" c="dimmed" className={classes.since}>
        {kind !== 'quota_full' && kind !== 'key_expiring' && <RelativeTime at={since} />}
      </Text>
      <Button
        component={Link}
        to={to}
        search={search as never}
        size="xs"
        variant="default"
        aria-label={`${text.kinds[kind].fix}: ${name}`}
        data-testid="overview-fix"
      >
        {text.kinds[kind].fix}
      </Button>
    </li>
  );
}

const AllWell = ({ checked, at }: { readonly checked: number; readonly at: string }) => (
  <section className={classes.card} data-testid="overview-all-well">
    <Group gap="sm">
      <IconCircleCheck size={20} color="var(--q-good-text)" aria-hidden />
      <div>
        <Title order={2}>{text.allWell}</Title>
        <Text size="sm" c="dimmed">
          {text.checked(checked)} · <RelativeTime at={at} />
        </Text>
      </div>
    </Group>
  </section>
);
