import { Group, Text } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { type MouseEvent } from 'react';
import { BASE } from '~/security';
import { type Instance } from '../data/instance';
import { LABELS_MAX, validateInstancesSearch } from '../search';
import { text } from '../text';
import classes from './columns.module.css';

interface LabelsProps {
  readonly of: Instance['labels'];
  /** So many are shown, the rest in the title. */
  readonly most?: number;
}

const termOf = ([key, value]: readonly [string, string]): string => `${key}:${value}`;

/** A click lists what has the same label; in a list that is filtered already, what has both. */
export function Labels({ of, most = Infinity }: LabelsProps) {
  const pairs = Object.entries(of).sort(([one], [other]) => (one < other ? -1 : 1));
  if (pairs.length === 0) return null;
  const rest = pairs.slice(most);
  return (
    <Group gap={4} mt={2}>
      {pairs.slice(0, most).map((pair) => (
        <Label key={pair[0]} pair={pair} />
      ))}
      {rest.length > 0 && (
        <Text size="xs" c="dimmed" title={rest.map(termOf).join(', ')}>
          {text.moreLabels(rest.length)}
        </Text>
      )}
    </Group>
  );
}

/** A link of the plain kind, as those of rows are: a list has thousands of them. */
function Label({ pair }: { readonly pair: readonly [string, string] }) {
  const router = useRouter();
  const term = termOf(pair);
  const [key, value] = pair;
  const go = (event: MouseEvent): void => {
    // A card opens by a click anywhere on it.
    event.stopPropagation();
    const { metaKey, ctrlKey, shiftKey, altKey, button } = event;
    if (metaKey || ctrlKey || shiftKey || altKey || button !== 0) return;
    event.preventDefault();
    const { pathname, search } = router.state.location;
    const before = pathname.endsWith('/instances') ? validateInstancesSearch({ ...search }) : {};
    const label = [...new Set([term, ...(before.label ?? [])])].slice(0, LABELS_MAX);
    void router.navigate({ to: '/instances', search: { ...before, label } });
  };
  return (
    <a
      href={`${BASE}/console/instances?label=${encodeURIComponent(JSON.stringify([term]))}`}
      className={classes.label}
      onClick={go}
      title={text.withLabel(term)}
      data-testid="instance-label"
    >
      {value === '' ? key : `${key}: ${value}`}
    </a>
  );
}
