import { Button, Group, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { CopyButton, EmptyState, Mono, ProblemCard, ServerText } from '~/components';
import { fits, groupsOf, type Resource, type Template, useResources, useTemplates } from '../data';
import { DegradedServers, ItemList, Line } from '../list/item-list';
import { Contents } from '../play/content-block';
import { text } from '../text';
import { Split, useToolsSearch } from '../list/split';
import { filled, placesOf } from './uri-template';

/** A resource, or a template for many of them: both are read by an address. */
type Entry = Pick<Resource, 'server_name' | 'name' | 'title' | 'description'> & {
  readonly address: string;
  readonly isTemplate: boolean;
};

const ofResource = (resource: Resource): Entry => ({ ...resource, address: resource.uri, isTemplate: false });
const ofTemplate = (one: Template): Entry => ({ ...one, address: one.uri_template, isTemplate: true });

export function ResourcesTab() {
  const { search, go } = useToolsSearch();
  const resources = useResources();
  const templates = useTemplates();
  if (resources.isPending || templates.isPending) return <Skeleton height={320} data-testid="loading" />;
  if (resources.error !== null)
    return <ProblemCard problem={resources.error} onRetry={() => void resources.refetch()} />;
  const { degraded } = resources.data;
  const known = (templates.data?.resource_templates ?? []).map(ofTemplate);
  const entries = [...known, ...resources.data.resources.map(ofResource)];
  if (entries.length === 0)
    return (
      <Stack>
        <DegradedServers degraded={degraded} />
        <EmptyState {...text.emptyResources} />
      </Stack>
    );
  const shown = entries.filter((entry) => fits(entry, search.q, search.of));
  const isOpen = (entry: Entry): boolean =>
    entry.server_name === search.server && entry.address === search.name;
  const open = entries.find(isOpen);
  return (
    <Split
      servers={groupsOf(entries).map(({ server }) => server)}
      list={
        <Stack>
          <DegradedServers degraded={degraded} />
          <ItemList
            label={text.tabs.resources}
            testId="resources-list"
            groups={groupsOf(shown)}
            keyOf={({ server_name: server, address }) => `${server}/${address}`}
            isOpen={isOpen}
            onOpen={({ server_name: server, address }) =>
              go({ ...search, tab: 'resources', server, name: address })
            }
            about={({ items }) => String(items.length)}
            line={(entry) => <Line name={entry.title ?? entry.name} about={entry.address} />}
          />
        </Stack>
      }
    >
      <ResourcePanel
        key={`${search.server ?? ''}/${search.name ?? ''}`}
        server={search.server ?? ''}
        address={search.name ?? ''}
        entry={open}
      />
    </Split>
  );
}

/** Also for an address that is in no list: a tool may name one. */
function ResourcePanel(props: {
  readonly server: string;
  readonly address: string;
  readonly entry: Entry | undefined;
}) {
  const { server, address, entry } = props;
  const places = entry?.isTemplate === true ? placesOf(address) : [];
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const uri = filled(address, values);
  const read = api.useMutation('post', '/api/v1/mcp/resources/read');
  return (
    <Stack gap="md" data-testid="resource-panel">
      <Title order={2}>{entry?.title ?? entry?.name ?? address}</Title>
      <Group gap={4}>
        <Mono>{address}</Mono>
        <CopyButton value={address} label={text.uri} />
      </Group>
      {entry?.description !== undefined && <ServerText markdown={entry.description} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          read.mutate({ body: { server_name: server, uri } });
        }}
      >
        <Stack gap="sm" maw={480}>
          {places.map((place) => (
            <TextInput
              key={place}
              label={place}
              required
              value={values[place] ?? ''}
              onChange={(event) => setValues({ ...values, [place]: event.currentTarget.value })}
            />
          ))}
          {places.length > 0 && (
            <Text size="sm">
              {text.uri} <Mono>{uri}</Mono>
            </Text>
          )}
          <Group>
            <Button type="submit" loading={read.isPending} data-testid="resource-read">
              {text.read}
            </Button>
          </Group>
        </Stack>
      </form>
      {read.error !== null && <ProblemCard problem={read.error} />}
      {read.data?.contents.map((contents, index) => (
        <Contents key={index} contents={contents} />
      ))}
    </Stack>
  );
}
