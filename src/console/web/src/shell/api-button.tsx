import { ActionIcon, Button, Drawer, SegmentedControl, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconApi } from '@tabler/icons-react';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { askedBy } from '~/api/asks';
import { CodeBlock } from '~/components/code-block';
import { notifyDone } from '~/components/notify';
import { words } from '~/design/words';
import { BASE } from '~/security';
import { type AskedCall, asCommand, asCurl, asTypescript, callOf } from './asked-calls';
import { mainCall } from './main-call';
import { useScreenKeys } from './screen-keys';

const MAX_CALLS = 20;
const WRITERS = { curl: asCurl, cli: asCommand, typescript: asTypescript } as const;

/** The calls behind what is on the screen, to be copied. */
export function ApiButton({ iconOnly }: { readonly iconOnly: boolean }) {
  const [opened, { open, close }] = useDisclosure(false);
  const client = useQueryClient();
  useScreenKeys({ c: () => copyFirst(callsOf(client)) });
  return (
    <>
      {iconOnly ? (
        <ActionIcon
          variant="subtle"
          color="gray"
          onClick={open}
          aria-label={words.apiButton.open}
          data-testid="api-button"
        >
          <IconApi size={18} />
        </ActionIcon>
      ) : (
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          leftSection={<IconApi size={16} />}
          onClick={open}
          data-testid="api-button"
        >
          {words.apiButton.open}
        </Button>
      )}
      <Drawer opened={opened} onClose={close} title={words.apiButton.title} size="lg">
        {opened && <Calls />}
      </Drawer>
    </>
  );
}

const callsOf = (client: QueryClient): readonly AskedCall[] =>
  client
    .getQueryCache()
    .getAll()
    .filter((query) => query.isActive())
    .map(({ queryKey, meta }) => callOf(askedBy(meta) ?? queryKey))
    .filter((call): call is AskedCall => call !== undefined)
    .slice(0, MAX_CALLS);

/** What the page is about, as a command. */
function copyFirst(calls: readonly AskedCall[]): void {
  const call = mainCall(calls, window.location.pathname, BASE);
  if (call === undefined) return;
  void navigator.clipboard
    .writeText(asCurl(call, window.location.origin))
    .then(() => notifyDone(`${words.copied}: curl ${call.path}`));
}

function Calls() {
  const client = useQueryClient();
  const [as, setAs] = useState<keyof typeof WRITERS>('curl');
  const calls = callsOf(client);
  const write = WRITERS[as];
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {words.apiButton.text}
      </Text>
      <SegmentedControl
        value={as}
        onChange={setAs}
        data={[
          { value: 'curl', label: words.apiButton.curl },
          { value: 'cli', label: words.apiButton.cli },
          { value: 'typescript', label: words.apiButton.typescript },
        ]}
      />
      {calls.length === 0 && <Text>{words.apiButton.nothing}</Text>}
      {calls.map((call) => (
        <CodeBlock key={call.path} code={write(call, window.location.origin)} label={call.path} />
      ))}
    </Stack>
  );
}
