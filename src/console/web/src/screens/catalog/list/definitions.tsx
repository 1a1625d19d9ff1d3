import { Button, SimpleGrid, Skeleton, Stack } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useMay } from '~/api/me';
import { EmptyState, ProblemCard, Shown } from '~/components';
import { words } from '~/design/words';
import { type Definition, useDefinitions } from '../data';
import { type CatalogSearch } from '../search';
import { text } from '../text';
import { DefinitionCard } from './definition-card';
import { DefinitionTable } from './definition-table';
import { Filters } from './filters';
import { InstallMany } from './install-many';
import { fits, isFiltered, ordered, tagsOf } from './order';

const COLUMNS = { base: 1, xs: 2, md: 3, xl: 4 };
const SKELETONS = 8;
const CARD_HEIGHT = 168;

interface DefinitionsProps {
  readonly search: CatalogSearch;
  readonly onChange: (search: CatalogSearch) => void;
}

/** What can be installed, narrowed by the filters, as cards or as a table. */
export function Definitions({ search, onChange }: DefinitionsProps) {
  const query = useDefinitions();
  const { hasNextPage, isFetching, fetchNextPage } = query;
  // A filter is about all of them, not about those that were loaded so far.
  const isAskedOn = isFiltered(search) && hasNextPage && !isFetching && !query.isError;
  useEffect(() => {
    if (isAskedOn) void fetchNextPage();
  }, [isAskedOn, fetchNextPage]);
  const all = query.data?.pages.flatMap(({ servers }) => servers) ?? [];
  const { q: _q, source: _source, type: _type, tag: _tag, ...rest } = search;
  return (
    <Stack gap="sm">
      <Filters search={search} onChange={onChange} tags={tagsOf(all)} />
      {query.isPending && <Loading />}
      {query.isError && <ProblemCard problem={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && (
        <Found all={all} search={search} onChange={onChange} onClear={() => onChange(rest)} />
      )}
      {hasNextPage && (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {text.more}
        </Button>
      )}
    </Stack>
  );
}

const Loading = () => (
  <SimpleGrid cols={COLUMNS} spacing="sm" aria-busy>
    {Array.from({ length: SKELETONS }, (_, at) => (
      <Skeleton key={at} height={CARD_HEIGHT} />
    ))}
  </SimpleGrid>
);

interface FoundProps extends DefinitionsProps {
  readonly all: readonly Definition[];
  readonly onClear: () => void;
}

function Found({ all, search, onChange, onClear }: FoundProps) {
  const mayInstall = useMay('instances:create');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  if (all.length === 0)
    return <EmptyState {...text.empty} command="quayside run everything" testId="catalog-empty" />;
  const shown = all.filter((each) => fits(each, search));
  if (shown.length === 0)
    return (
      <EmptyState
        {...text.noMatch}
        action={
          <Button variant="default" onClick={onClear} data-testid="clear-filters">
            {words.clearFilters}
          </Button>
        }
        testId="catalog-no-match"
      />
    );
  return (
    <>
      <Shown shown={shown.length} total={all.length} onClear={onClear} />
      <InstallMany
        chosen={shown.filter(({ id }) => selected.has(id))}
        onClear={() => setSelected(new Set())}
      />
      {search.view === 'table' ? (
        <DefinitionTable
          definitions={ordered(shown, search.sort)}
          mayInstall={mayInstall}
          selection={{ selected, onChange: setSelected }}
          sort={search.sort}
          onSort={(sort) => onChange({ ...search, sort })}
        />
      ) : (
        <Cards definitions={shown} mayInstall={mayInstall} selected={selected} onSelect={setSelected} />
      )}
    </>
  );
}

interface CardsProps {
  readonly definitions: readonly Definition[];
  readonly mayInstall: boolean;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (selected: ReadonlySet<string>) => void;
}

const Cards = ({ definitions, mayInstall, selected, onSelect }: CardsProps) => (
  <SimpleGrid cols={COLUMNS} spacing="sm" role="group" aria-label={text.label} data-testid="catalog-cards">
    {definitions.map((each) => (
      <DefinitionCard
        key={each.id}
        definition={each}
        mayInstall={mayInstall}
        isSelected={selected.has(each.id)}
        onSelect={(isSelected) => {
          const others = [...selected].filter((id) => id !== each.id);
          onSelect(new Set(isSelected ? [...others, each.id] : others));
        }}
      />
    ))}
  </SimpleGrid>
);
