import { Anchor, Group, SimpleGrid, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type components } from '~/api/schema.gen';
import { StatusBadge } from '~/components';
import { formatNumber } from '~/design/format';
import { type StatusFamily } from '~/design/status-tone';
import classes from './overview.module.css';
import { text } from './text';

type Counts = components['schemas']['OverviewCountsDto'];

interface CardProps {
  readonly title: string;
  readonly to: string;
  readonly family: StatusFamily;
  /** null: the account may not see these. */
  readonly counts: Readonly<Record<string, number>> | null;
  readonly search?: Readonly<Record<string, string>>;
  readonly testId: string;
}

/** How many there are in which state; each number leads to the list of exactly those. */
export const CountCards = ({ counts }: { readonly counts: Counts }) => (
  <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
    <CountCard
      title={text.instances}
      to="/instances"
      family="instance"
      counts={counts.instances}
      testId="overview-instances"
    />
    <CountCard
      title={text.agents}
      to="/agents"
      family="agent"
      counts={counts.agents}
      testId="overview-agents"
    />
    <CountCard
      title={text.runs}
      to="/pipelines"
      family="work"
      counts={counts.runs}
      search={{ tab: 'runs' }}
      testId="overview-runs"
    />
    <CountCard title={text.tasks} to="/tasks" family="work" counts={counts.tasks} testId="overview-tasks" />
  </SimpleGrid>
);

function CountCard({ title, to, family, counts, search = {}, testId }: CardProps) {
  if (counts === null) return null;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return (
    <section className={classes.card} aria-label={title} data-testid={testId}>
      <Group justify="space-between" mb={6}>
        <Anchor component={Link} to={to} search={search as never} fw={600} c="inherit" size="sm">
          {title}
        </Anchor>
        <Text fw={600} fz={20} className="q-figures">
          {formatNumber(total)}
        </Text>
      </Group>
      <Group gap={10}>
        {total === 0 && (
          <Text size="xs" c="dimmed">
            {text.none}
          </Text>
        )}
        {Object.entries(counts).map(([status, count]) => (
          <Link key={status} to={to} search={{ ...search, status } as never} className={classes.chip}>
            <Group gap={4} wrap="nowrap">
              <Text span size="sm" className="q-figures">
                {formatNumber(count)}
              </Text>
              <StatusBadge family={family} status={status} />
            </Group>
          </Link>
        ))}
      </Group>
    </section>
  );
}
