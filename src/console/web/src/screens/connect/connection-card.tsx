import { Alert, Anchor, Card, Group, List, Stack, Tabs, Text, Title } from '@mantine/core';
import { addressOf } from '~/api/streams';
import { CodeBlock, CopyButton, Mono } from '~/components';
import { type Connection } from './data';
import { assignment, isOpenable, type System, withKey } from './snippet';
import { text } from './text';

interface ConnectionCardProps {
  readonly connection: Connection;
  readonly apiKey: string | undefined;
  readonly system: System;
}

/** The client's configuration in its own shape, where it belongs, and what goes wrong when one does not know it. */
export function ConnectionCard({ connection, apiKey, system }: ConnectionCardProps) {
  const { client, traps, unconfirmed, deep_link: link } = connection;
  const { config, command } = withKey(connection, apiKey);
  const path = client.files[system];
  return (
    <Card>
      <Stack gap="sm">
        <Title order={3}>
          {text.configure} · {client.title}
        </Title>
        <Tabs defaultValue={command === undefined ? 'file' : 'command'} key={client.id} keepMounted={false}>
          <Tabs.List mb="sm">
            {command !== undefined && <Tabs.Tab value="command">{text.command}</Tabs.Tab>}
            <Tabs.Tab value="file" data-testid="connect-file-tab">
              {text.file}
            </Tabs.Tab>
          </Tabs.List>
          {command !== undefined && (
            <Tabs.Panel value="command">
              <Stack gap="xs">
                <CodeBlock code={command} label={text.command} testId="connect-command" />
                {reads(command, connection) && (
                  <KeyNote connection={connection} apiKey={apiKey} system={system} />
                )}
              </Stack>
            </Tabs.Panel>
          )}
          <Tabs.Panel value="file">
            <Stack gap="xs">
              {path !== undefined && <Path label={text.file} path={path} />}
              {client.files.project !== undefined && (
                <Path label={text.project} path={client.files.project} />
              )}
              <CodeBlock code={config} label={text.file} testId="connect-config" />
              <KeyNote connection={connection} apiKey={apiKey} system={system} />
            </Stack>
          </Tabs.Panel>
        </Tabs>
        {link !== undefined && isOpenable(link) && (
          <Text size="sm">
            <Anchor href={link} underline="always" data-testid="connect-deep-link">
              {text.deepLink}
            </Anchor>{' '}
            {text.deepLinkWhy}
          </Text>
        )}
        {client.id.startsWith('vscode') && <Gallery />}
        {(traps.length > 0 || unconfirmed.length > 0) && (
          <Alert color="blue" variant="light" title={text.traps} data-testid="connect-traps">
            <List size="sm">
              {traps.map((trap) => (
                <List.Item key={trap}>{trap}</List.Item>
              ))}
              {unconfirmed.length > 0 && <List.Item>{text.unconfirmed(unconfirmed.join(', '))}</List.Item>}
            </List>
          </Alert>
        )}
      </Stack>
    </Card>
  );
}

/** A command that holds the key itself needs no variable. */
const reads = (command: string, { key_variable: variable }: Connection): boolean =>
  variable !== undefined && command.includes(variable);

const Path = ({ label, path }: { readonly label: string; readonly path: string }) => (
  <Group gap={6}>
    <Text size="xs" c="dimmed">
      {label}
    </Text>
    <Mono>{path}</Mono>
    <CopyButton value={path} label={label} />
  </Group>
);

function KeyNote({ connection, apiKey, system }: ConnectionCardProps) {
  const { key, key_variable: variable } = connection;
  if (key === 'prompt') return <Text size="sm">{text.prompted}</Text>;
  if (key === 'paste') return <Text size="sm">{text.paste}</Text>;
  return (
    <Stack gap={4}>
      <Text size="sm">{text.variable}</Text>
      <CodeBlock
        code={assignment(system, variable ?? '', apiKey ?? '…')}
        label={text.variable}
        testId="connect-variable"
      />
    </Stack>
  );
}

const Gallery = () => (
  <Group gap={6}>
    <Text size="sm">{text.gallery}</Text>
    <Mono>{window.location.origin + addressOf('/v0.1/servers')}</Mono>
  </Group>
);
