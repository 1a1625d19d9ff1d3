import { Button, SimpleGrid, Skeleton, Stack, Tabs } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '~/api/me';
import { EmptyState, PageHeader, ProblemCard, Shown } from '~/components';
import { AddServers } from './add/add-servers';
import { type Definition, sourceOf, useDefinitions } from './data';
import { DefinitionCard } from './list/definition-card';
import { Filters } from './list/filters';
import { InstallMany } from './list/install-many';
import { PublishedTab } from './registry/published-tab';
import { RegistryTab } from './registry/registry-tab';
import { text as registryText } from './registry/text';
import { type CatalogSearch, type CatalogTab } from './search';
import { text } from './text';

const DEFINITIONS_TAB = 'definitions';
const SKELETONS = 8;
const CARD_HEIGHT = 168;

export default function CatalogPage() {
  const search = useSearch({ from: '/inside/catalog' });
  const navigate = useNavigate({ from: '/catalog' });
  const put = (next: CatalogSearch): void => void navigate({ search: next, replace: true });
  const { add, ...filters } = search;
  const mayAdd = useMay('servers:create');
  const [given, setGiven] = useState('');
  const open = (content: string): void => {
    setGiven(content);
    put({ ...filters, add: true });
  };
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={mayAdd && <AddButton onClick={() => open('')} />}
      />
      <Tabs
        value={search.tab ?? DEFINITIONS_TAB}
        onChange={(tab) => put(tab === null || tab === DEFINITIONS_TAB ? {} : { tab: tab as CatalogTab })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {Object.entries(registryText.tabs).map(([tab, label]) => (
            <Tabs.Tab key={tab} value={tab} data-testid={`catalog-tab-${tab}`}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={DEFINITIONS_TAB}>
          <Stack gap="sm">
            <Filters search={search} onChange={put} />
            <Definitions search={search} onClear={() => put(add === undefined ? {} : { add })} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="registry">
          <RegistryTab search={search} onChange={put} onAdd={open} />
        </Tabs.Panel>
        <Tabs.Panel value="published">
          <PublishedTab />
        </Tabs.Panel>
      </Tabs>
      <AddServers opened={add === true && mayAdd} onClose={() => put(filters)} given={given} />
    </>
  );
}

const AddButton = ({ onClick }: { readonly onClick: () => void }) => (
  <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={onClick} data-testid="catalog-add">
    {text.add}
  </Button>
);

interface DefinitionsProps {
  readonly search: CatalogSearch;
  readonly onClear: () => void;
}

function Definitions({ search, onClear }: DefinitionsProps) {
  const query = useDefinitions();
  if (query.isPending) return <Loading />;
  if (query.isError) return <ProblemCard problem={query.error} onRetry={() => void query.refetch()} />;
  const all = query.data.pages.flatMap(({ servers }) => servers);
  if (all.length === 0)
    return <EmptyState {...text.empty} command="quayside run everything" testId="catalog-empty" />;
  const shown = all.filter((each) => fits(each, search));
  return (
    <>
      <Shown shown={shown.length} total={all.length} onClear={onClear} />
      {shown.length === 0 ? (
        <EmptyState {...text.noMatch} testId="catalog-no-match" />
      ) : (
        <Cards definitions={shown} />
      )}
      {query.hasNextPage && (
        <Button
          variant="default"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {text.more}
        </Button>
      )}
    </>
  );
}

const fits = (definition: Definition, { q = '', source, type }: CatalogSearch): boolean =>
  (source === undefined || sourceOf(definition) === source) &&
  (type === undefined || definition.type === type) &&
  [definition.name, definition.description, ...definition.tags]
    .join(' ')
    .toLowerCase()
    .includes(q.toLowerCase());

const Loading = () => (
  <SimpleGrid cols={COLUMNS} spacing="sm" aria-busy>
    {Array.from({ length: SKELETONS }, (_, at) => (
      <Skeleton key={at} height={CARD_HEIGHT} />
    ))}
  </SimpleGrid>
);

const COLUMNS = { base: 1, xs: 2, md: 3, xl: 4 };

function Cards({ definitions }: { readonly definitions: readonly Definition[] }) {
  const mayInstall = useMay('instances:create');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const select = (id: string, isSelected: boolean): void =>
    setSelected((before) => {
      const after = new Set(before);
      if (isSelected) after.add(id);
      else after.delete(id);
      return after;
    });
  return (
    <>
      <InstallMany
        chosen={definitions.filter(({ id }) => selected.has(id))}
        onClear={() => setSelected(new Set())}
      />
      <SimpleGrid
        cols={COLUMNS}
        spacing="sm"
        role="group"
        aria-label={text.label}
        data-testid="catalog-cards"
      >
        {definitions.map((each) => (
          <DefinitionCard
            key={each.id}
            definition={each}
            mayInstall={mayInstall}
            isSelected={selected.has(each.id)}
            onSelect={(isSelected) => select(each.id, isSelected)}
          />
        ))}
      </SimpleGrid>
    </>
  );
}
