import { Anchor, Group, Kbd, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { words } from '~/design/words';

interface SearchInputProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly label?: string;
  readonly testId?: string;
}

const SETTLE_MS = 200;

/** Search of a page; typing settles before it is asked for, and `/` brings the focus here. */
export function SearchInput({ value, onChange, label = words.search, testId }: SearchInputProps) {
  const [typed, setTyped] = useState(value);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => latest.current(typed), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [typed, value]);
  return (
    <TextInput
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={<Kbd size="xs">/</Kbd>}
      placeholder={label}
      aria-label={label}
      data-search
      data-testid={testId}
      maxLength={200}
      type="search"
      w={260}
    />
  );
}

/** Says when filters hide rows, and how to see all again. */
export function Shown(props: {
  readonly shown: number;
  readonly total: number;
  readonly onClear: () => void;
}) {
  if (props.shown >= props.total) return null;
  return (
    <Group gap={6}>
      <Text size="sm" c="dimmed">
        {words.shown(props.shown, props.total)}
      </Text>
      <Anchor component="button" size="sm" onClick={props.onClear}>
        {words.clearFilters}
      </Anchor>
    </Group>
  );
}
