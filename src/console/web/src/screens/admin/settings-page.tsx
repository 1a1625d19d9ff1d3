import { Tabs, Text } from '@mantine/core';
import { PageHeader } from '~/components';
import { settingText as words } from './more-text';
import { SETTING_TABS } from './search';
import { Environment } from './settings/environment';
import { StoredSettings } from './settings/stored-settings';
import { text } from './text';
import { useAdminSearch } from './use-admin-search';

/** What can be tuned while it runs, and what it was started with. */
export default function SettingsPage() {
  const [search, change] = useAdminSearch();
  const tab = SETTING_TABS.find((one) => one === search.tab) ?? 'stored';
  return (
    <>
      <PageHeader title={words.title} crumbs={[{ label: text.admin }]} />
      <Tabs value={tab} onChange={(next) => change({ tab: next ?? '' })} keepMounted={false}>
        <Tabs.List mb="md">
          {SETTING_TABS.map((one) => (
            <Tabs.Tab key={one} value={one} data-testid={`settings-tab-${one}`}>
              {words.tabs[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="stored">
          <Text c="dimmed" mb="sm">
            {words.storedAbout}
          </Text>
          <StoredSettings />
        </Tabs.Panel>
        <Tabs.Panel value="environment">
          <Text c="dimmed" mb="sm">
            {words.environmentAbout}
          </Text>
          <Environment />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
