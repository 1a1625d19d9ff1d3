import { Button, Tabs } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '~/api/me';
import { PageHeader } from '~/components';
import { webhookText as words } from './more-text';
import { WEBHOOK_TABS } from './search';
import { ShownOnce } from './shown-once';
import { text } from './text';
import { useAdminSearch } from './use-admin-search';
import { CreateWebhook } from './webhooks/create-webhook';
import { RecipientForm } from './webhooks/recipient-form';
import { RecipientTable } from './webhooks/recipient-table';
import { recipientText } from './webhooks/recipient-text';
import { DeliveryTable } from './webhooks/delivery-table';
import { WebhookTable } from './webhooks/webhook-table';

/** Who is told what happened, and whether it arrived. */
export default function WebhooksPage() {
  const [search, change] = useAdminSearch();
  const [isAsking, setAsking] = useState(false);
  const [secret, setSecret] = useState<string>();
  const mayWrite = useMay('notifications:write');
  const tab = WEBHOOK_TABS.find((one) => one === search.tab) ?? 'webhooks';
  const add = mayWrite && (
    <Button onClick={() => setAsking(true)} data-testid="webhooks-add">
      {tab === 'recipients' ? recipientText.add : words.add}
    </Button>
  );
  return (
    <>
      <PageHeader
        title={words.title}
        crumbs={[{ label: text.admin }]}
        description={words.about}
        actions={add}
      />
      <Tabs value={tab} onChange={(next) => change({ tab: next ?? '' })} keepMounted={false}>
        <Tabs.List mb="md">
          {WEBHOOK_TABS.map((one) => (
            <Tabs.Tab key={one} value={one} data-testid={`webhooks-tab-${one}`}>
              {words.tabs[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="webhooks">
          <WebhookTable add={add} onSecret={setSecret} />
        </Tabs.Panel>
        <Tabs.Panel value="recipients">
          <RecipientTable add={add} />
        </Tabs.Panel>
        <Tabs.Panel value="deliveries">
          <DeliveryTable />
        </Tabs.Panel>
      </Tabs>
      <RecipientForm opened={isAsking && tab === 'recipients'} onClose={() => setAsking(false)} />
      <CreateWebhook
        opened={isAsking && tab !== 'recipients'}
        onClose={() => setAsking(false)}
        onCreated={setSecret}
      />
      <ShownOnce
        title={words.fresh}
        value={secret}
        onClose={() => setSecret(undefined)}
        testId="webhook-secret"
      />
    </>
  );
}
