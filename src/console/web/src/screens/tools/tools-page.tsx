import { Tabs } from '@mantine/core';
import { type ReactNode } from 'react';
import { PageHeader } from '~/components';
import { useFreshLists } from './data';
import { useToolsSearch } from './list/split';
import { PromptsTab } from './other/prompts-tab';
import { ResourcesTab } from './other/resources-tab';
import { type Tab, TABS } from './search';
import { text } from './text';
import { ToolsTab } from './tools-tab';

/** Screen 8: what the servers offer, and a place to try it. */
export default function ToolsPage() {
  const { search, go } = useToolsSearch();
  const tab = search.tab ?? 'tools';
  useFreshLists();
  return (
    <>
      <PageHeader title={text.title} description={text.description} />
      <Tabs
        value={tab}
        onChange={(next) => go({ tab: TABS.find((one) => one === next) ?? 'tools' })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one} data-testid={`tools-tab-${one}`}>
              {text.tabs[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>{PANELS[tab]}</Tabs.Panel>
      </Tabs>
    </>
  );
}

const PANELS: Readonly<Record<Tab, ReactNode>> = {
  tools: <ToolsTab />,
  resources: <ResourcesTab />,
  prompts: <PromptsTab />,
};
