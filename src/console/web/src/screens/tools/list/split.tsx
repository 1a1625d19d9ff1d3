import { Button, Group, Select, Stack } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { EmptyState, SearchInput } from '~/components';
import { type ToolsSearch } from '../search';
import { text } from '../text';
import classes from './list.module.css';

const route = getRouteApi('/inside/tools');

/** Replaces the whole search, so that nothing of another tab stays open. */
export function useGo(): (search: ToolsSearch) => void {
  const navigate = useNavigate();
  return (search) =>
    void navigate({
      to: '/tools',
      search: search.tab === 'tools' ? { ...search, tab: undefined } : search,
    } as never);
}

export function useToolsSearch(): {
  readonly search: ToolsSearch;
  readonly go: (search: ToolsSearch) => void;
} {
  return { search: route.useSearch(), go: useGo() };
}

/** Search, servers, the list at the left and what is open beside it; on a narrow page one of the two. */
export function Split(props: {
  readonly servers: readonly string[];
  readonly above?: ReactNode;
  readonly list: ReactNode;
  readonly children: ReactNode;
}) {
  const { search, go } = useToolsSearch();
  const isOpen = search.name !== undefined;
  return (
    <Stack gap="md">
      <Group gap="sm" data-hidden={isOpen || undefined}>
        <SearchInput
          value={search.q ?? ''}
          onChange={(q) => go({ ...search, ...(q === '' ? { q: undefined } : { q }) })}
          label={text.search}
          testId="tools-search"
        />
        <Select
          aria-label={text.server}
          placeholder={text.everyServer}
          data={[...props.servers]}
          value={search.of ?? null}
          onChange={(of) => go({ ...search, of: of ?? undefined })}
          clearable
          searchable
          w={200}
          data-testid="tools-server"
        />
        {props.above}
      </Group>
      <div className={classes.split} data-open={isOpen || undefined}>
        <div className={classes.side}>{props.list}</div>
        <div className={classes.main}>
          {isOpen && (
            <Button
              className={classes.back ?? ''}
              variant="subtle"
              size="compact-sm"
              mb="xs"
              onClick={() => go(closed(search))}
            >
              {text.back}
            </Button>
          )}
          {isOpen ? props.children : <EmptyState {...text.select} testId="tools-closed" />}
        </div>
      </div>
    </Stack>
  );
}

const closed = ({ server: _server, name: _name, ...rest }: ToolsSearch): ToolsSearch => rest;
