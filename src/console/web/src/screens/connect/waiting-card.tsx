import { Anchor, Card, Group, Loader, Stack, Text } from '@mantine/core';
import { IconCircleCheckFilled } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { RelativeTime } from '~/components';
import { type SeenClient, useEndpoints, useSeenClients, useTools } from './data';
import { toolsAt } from './offer';
import { text } from './text';

const SHOWN_MAX = 5;

/** Says when the client that was just configured is there, and how far it got. */
export function WaitingCard({ target }: { readonly target: string }) {
  const [since] = useState(() => Date.now());
  const { data } = useSeenClients();
  // Clocks of server and browser may differ: whoever was there at the first look is not new.
  const [before, setBefore] = useState<ReadonlyMap<string, string>>();
  if (data !== undefined && before === undefined)
    setBefore(new Map(data.clients.map((seen) => [idOf(seen), seen.connected_at])));
  const come = (data?.clients ?? []).filter(
    (seen) => seen.target === target && before !== undefined && before.get(idOf(seen)) !== seen.connected_at,
  );
  return (
    <Card aria-live="polite" data-testid="connect-waiting" data-since={since}>
      {come.length === 0 ? (
        <Group gap="sm" wrap="nowrap">
          <Loader size={16} aria-hidden />
          <div>
            <Text>{text.waiting}</Text>
            <Text size="xs" c="dimmed">
              {text.waitingWhy}
            </Text>
          </div>
        </Group>
      ) : (
        <Stack gap="xs">
          {come.slice(0, SHOWN_MAX).map((seen) => (
            <Arrived key={idOf(seen)} seen={seen} />
          ))}
          <Offer target={target} />
        </Stack>
      )}
    </Card>
  );
}

const idOf = ({ target, caller, client_name: name }: SeenClient): string => `${target} ${caller} ${name}`;

function Arrived({ seen }: { readonly seen: SeenClient }) {
  const { client_name: name, client_version: version, tools_listed_at: listed, tool_name: tool } = seen;
  const steps = [
    ...(listed === undefined ? [] : [text.asked]),
    ...(tool === undefined ? [] : [text.called(tool)]),
  ];
  return (
    <Group gap={8} data-testid="connect-arrived" data-client={name}>
      <IconCircleCheckFilled size={16} color="var(--q-good-text)" aria-hidden />
      <Text>
        <b>
          {name === '' ? text.unnamed : name} {version}
        </b>{' '}
        {text.connected} <RelativeTime at={seen.connected_at} />
        {steps.map((step) => ` · ${step}`).join('')}
      </Text>
      <Text size="xs" c="dimmed">
        {text.by} {seen.caller}
      </Text>
    </Group>
  );
}

function Offer({ target }: { readonly target: string }) {
  const tools = useTools();
  const endpoints = useEndpoints();
  const count = toolsAt(target, tools.data?.tools ?? [], endpoints.data?.endpoints ?? []).length;
  return (
    <Group gap="sm">
      <Text size="sm" c="dimmed">
        {text.offers(count)}
      </Text>
      <Anchor component={Link} to="/tools" size="sm" underline="always">
        {text.tryIt}
      </Anchor>
    </Group>
  );
}
