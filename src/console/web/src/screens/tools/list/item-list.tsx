import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Reason } from '~/components';
import { type Degraded, type Group as GroupOf } from '../data';
import { text } from '../text';
import classes from './list.module.css';

/** Of one server at first; a server with thousands must not stop the page. */
const SHOWN_MAX = 60;

interface ItemListProps<T> {
  readonly label: string;
  readonly groups: readonly GroupOf<T>[];
  readonly keyOf: (item: T) => string;
  readonly isOpen: (item: T) => boolean;
  readonly onOpen: (item: T) => void;
  readonly line: (item: T) => ReactNode;
  readonly about: (group: GroupOf<T>) => string;
  readonly testId: string;
}

/** What all servers have, under the name of each. */
export function ItemList<T>(props: ItemListProps<T>) {
  return (
    <Stack gap="md" component="nav" aria-label={props.label} data-testid={props.testId}>
      {props.groups.map((group) => (
        <ServerGroup key={group.server} group={group} {...props} />
      ))}
    </Stack>
  );
}

function ServerGroup<T>({ group, ...props }: ItemListProps<T> & { readonly group: GroupOf<T> }) {
  const [limit, setLimit] = useState(SHOWN_MAX);
  const rest = group.items.length - limit;
  return (
    <section aria-label={group.server}>
      <Group justify="space-between" className={classes.server} wrap="nowrap">
        <Text fw={600} size="sm" truncate>
          {group.server}
        </Text>
        <Text size="xs" c="dimmed" className="q-figures" style={{ whiteSpace: 'nowrap' }}>
          {props.about(group)}
        </Text>
      </Group>
      <ul className={classes.items}>
        {group.items.slice(0, limit).map((item) => (
          <li key={props.keyOf(item)}>
            <button
              type="button"
              className={classes.item}
              aria-current={props.isOpen(item) || undefined}
              onClick={() => props.onOpen(item)}
              data-testid={`${props.testId}-item`}
              data-name={props.keyOf(item)}
            >
              {props.line(item)}
            </button>
          </li>
        ))}
      </ul>
      {rest > 0 && (
        <Button variant="subtle" size="compact-xs" onClick={() => setLimit(limit * 4)}>
          {text.moreOf(rest)}
        </Button>
      )}
    </section>
  );
}

/** Name, what it is, and something short at the end. */
export const Line = (props: {
  readonly name: string;
  readonly about?: string | undefined;
  readonly end?: ReactNode;
}) => (
  <>
    <span className={classes.line}>
      <span className={classes.name}>{props.name}</span>
      {props.end}
    </span>
    <Reason text={props.about} />
  </>
);

/** Servers that are not there are said to be missing, and why. */
export function DegradedServers({ degraded }: { readonly degraded: readonly Degraded[] }) {
  if (degraded.length === 0) return null;
  return (
    <Alert color="yellow" variant="light" title={text.degraded} data-testid="tools-degraded">
      <Stack gap={4}>
        {degraded.map(({ server_name: server, reason }) => (
          <Text key={server} size="sm">
            <b>{server}</b> {reason}
          </Text>
        ))}
      </Stack>
    </Alert>
  );
}
