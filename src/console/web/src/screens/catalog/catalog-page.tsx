import { Button, Tabs } from '@mantine/core';
import { IconDownload, IconPlus } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '~/api/me';
import { addressOf } from '~/api/streams';
import { PageHeader } from '~/components';
import { AddServers } from './add/add-servers';
import { Definitions } from './list/definitions';
import { PublishedTab } from './registry/published-tab';
import { RegistryTab } from './registry/registry-tab';
import { text as registryText } from './registry/text';
import { type CatalogSearch, type CatalogTab } from './search';
import { text } from './text';

const DEFINITIONS_TAB = 'definitions';

export default function CatalogPage() {
  const search = useSearch({ from: '/inside/catalog' });
  const navigate = useNavigate({ from: '/catalog' });
  const put = (next: CatalogSearch): void => void navigate({ search: next, replace: true });
  const { add, ...filters } = search;
  const mayAdd = useMay('servers:create');
  const [given, setGiven] = useState('');
  const open = (content: string): void => {
    setGiven(content);
    // Not in place of this entry: Back closes the drawer.
    void navigate({ search: { ...filters, add: true } });
  };
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ExportButton />
            {mayAdd && <AddButton onClick={() => open('')} />}
          </>
        }
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
          <Definitions search={search} onChange={put} />
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

/** The whole workspace as text without a secret, for another installation or for safe keeping. */
function ExportButton() {
  const allowed = [
    useMay('servers:read'),
    useMay('instances:read'),
    useMay('endpoints:read'),
    useMay('pipelines:read'),
    useMay('settings:read'),
  ];
  if (allowed.includes(false)) return null;
  return (
    <Button
      component="a"
      href={addressOf('/api/v1/export')}
      download="quayside.yaml"
      variant="default"
      leftSection={<IconDownload size={14} aria-hidden />}
      title={text.exportWhy}
      data-testid="catalog-export"
    >
      {text.export}
    </Button>
  );
}
