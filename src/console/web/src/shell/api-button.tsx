import { Button, Drawer, SegmentedControl, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconApi } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { CodeBlock } from '~/components/code-block';
import { words } from '~/design/words';
import { type AskedCall, asCurl, asTypescript, callOf } from './asked-calls';

const MAX_CALLS = 20;

/** The calls behind what is on the screen, to be copied. */
export function ApiButton() {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
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
      <Drawer opened={opened} onClose={close} title={words.apiButton.title} size="lg">
        {opened && <Calls />}
      </Drawer>
    </>
  );
}

function Calls() {
  const client = useQueryClient();
  const [as, setAs] = useState('curl');
  const calls = client
    .getQueryCache()
    .getAll()
    .filter((query) => query.isActive())
    .map(({ queryKey }) => callOf(queryKey))
    .filter((call): call is AskedCall => call !== undefined)
    .slice(0, MAX_CALLS);
  const write = as === 'curl' ? asCurl : asTypescript;
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
