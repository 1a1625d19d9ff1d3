import { Button, Tabs } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '~/api/me';
import { PageHeader } from '~/components';
import { USER_TABS } from './search';
import { text } from './text';
import { useAdminSearch } from './use-admin-search';
import { CreateUser } from './users/create-user';
import { Explanation } from './users/explanation';
import { RoleMatrix } from './users/role-matrix';
import { UserTable } from './users/user-table';

const words = text.users;

/** Who there is, which role may do what, and what somebody can do in fact. */
export default function UsersPage() {
  const [search, change] = useAdminSearch();
  const [isAsking, setAsking] = useState(false);
  const mayCreate = useMay('users:create');
  const tab = USER_TABS.find((one) => one === search.tab) ?? 'users';
  const add = mayCreate && (
    <Button onClick={() => setAsking(true)} data-testid="users-add">
      {words.add}
    </Button>
  );
  return (
    <>
      <PageHeader title={words.title} crumbs={[{ label: text.admin }]} actions={add} />
      <Tabs value={tab} onChange={(next) => change({ tab: next ?? '' })} keepMounted={false}>
        <Tabs.List mb="md">
          {USER_TABS.map((one) => (
            <Tabs.Tab key={one} value={one} data-testid={`users-tab-${one}`}>
              {words.tabs[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="users">
          <UserTable add={add} />
        </Tabs.Panel>
        <Tabs.Panel value="roles">
          <RoleMatrix />
        </Tabs.Panel>
        <Tabs.Panel value="explain">
          <Explanation />
        </Tabs.Panel>
      </Tabs>
      <CreateUser opened={isAsking} onClose={() => setAsking(false)} />
    </>
  );
}
