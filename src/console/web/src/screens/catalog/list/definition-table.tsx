import { Group, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import {
  type Column,
  Mono,
  parseSort,
  Reason,
  RelativeTime,
  ResourceTable,
  type Selection,
} from '~/components';
import { formatNumber } from '~/design/format';
import { type Definition } from '../data';
import { InstallLink, TextLink } from '../links';
import { type CatalogSort } from '../search';
import { text } from '../text';
import { Badges } from './badges';
import { sortOf } from './order';

interface DefinitionTableProps {
  readonly definitions: readonly Definition[];
  readonly mayInstall: boolean;
  readonly selection: Selection;
  readonly sort: CatalogSort | undefined;
  readonly onSort: (sort: CatalogSort) => void;
}

const words = text.table;

/** Many definitions at a glance, where cards would be pages of scrolling. */
export function DefinitionTable({ definitions, mayInstall, selection, sort, onSort }: DefinitionTableProps) {
  const navigate = useNavigate();
  return (
    <ResourceTable
      label={text.label}
      testId="catalog-table"
      columns={mayInstall ? [...COLUMNS, INSTALL] : COLUMNS}
      rows={definitions}
      rowId={({ id }) => id}
      rowName={({ name }) => name}
      query={{ isPending: false, error: null }}
      empty={null}
      onOpen={({ name }) => void navigate({ to: '/catalog/$id', params: { id: name } })}
      {...(mayInstall ? { selection } : {})}
      {...(sort === undefined ? {} : { sort: parseSort(sort) })}
      onSort={(next) => onSort(sortOf(next))}
      card={(definition) => <AsCard definition={definition} mayInstall={mayInstall} />}
    />
  );
}

interface CellProps {
  readonly definition: Definition;
}

const Name = ({ definition: { name, description } }: CellProps) => (
  <Stack gap={0} maw={380} miw={0}>
    <TextLink to="/catalog/$id" params={{ id: name }} fw={500} size="sm">
      {name}
    </TextLink>
    <Reason text={description === '' ? text.noDescription : description} />
  </Stack>
);

/** A tag leads to everything that carries it. */
const Tags = ({ definition: { tags } }: CellProps) => (
  <Group gap={8} maw={220}>
    {tags.map((tag) => (
      <TextLink key={tag} to="/catalog" search={{ view: 'table', tag } as never} size="xs">
        {tag}
      </TextLink>
    ))}
  </Group>
);

const Install = ({ definition: { name, status } }: CellProps) =>
  status !== 'published' ? null : (
    <InstallLink
      size="xs"
      style={{ flexShrink: 0 }}
      variant="default"
      to="/catalog/$id/install"
      params={{ id: name }}
      aria-label={`${text.install} ${name}`}
      data-testid={`catalog-install-${name}`}
    >
      {text.install}
    </InstallLink>
  );

const AsCard = ({ definition, mayInstall }: CellProps & { readonly mayInstall: boolean }): ReactNode => (
  <Stack gap={6}>
    <Group justify="space-between" wrap="nowrap" align="flex-start">
      <Name definition={definition} />
      {mayInstall && <Install definition={definition} />}
    </Group>
    <Badges definition={definition} />
    <Text size="xs" c="dimmed">
      {text.users(definition.instances ?? 0)}
    </Text>
  </Stack>
);

const COLUMNS: readonly Column<Definition>[] = [
  { id: 'name', header: words.name, sortable: true, cell: (each) => <Name definition={each} /> },
  { id: 'signs', header: words.signs, cell: (each) => <Badges definition={each} /> },
  { id: 'tags', header: words.tags, hideBelow: 'md', cell: (each) => <Tags definition={each} /> },
  {
    ...{ id: 'version', header: words.version, hideBelow: 'md' },
    cell: ({ version }) => (version === '' ? '' : <Mono>{version}</Mono>),
  },
  {
    ...{ id: 'instances', header: words.instances, sortable: true, align: 'right' },
    cell: ({ instances = 0 }) => <span className="q-figures">{formatNumber(instances)}</span>,
  },
  {
    ...{ id: 'created_at', header: words.created, sortable: true, align: 'right', hideBelow: 'md' },
    cell: ({ created_at: at }) => <RelativeTime at={at} />,
  },
];

const INSTALL: Column<Definition> = {
  ...{ id: 'install', header: '', width: 96, align: 'right' },
  cell: (each) => <Install definition={each} />,
};
