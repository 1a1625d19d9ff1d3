import { Badge, Button, Group, Skeleton, Stack, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { CopyButton, EmptyState, Mono, ProblemCard, ServerText } from '~/components';
import { fits, groupsOf, type Prompt, usePrompts } from '../data';
import { DegradedServers, ItemList, Line } from '../list/item-list';
import { Block } from '../play/content-block';
import { text } from '../text';
import { Split, useToolsSearch } from '../list/split';

export function PromptsTab() {
  const { search, go } = useToolsSearch();
  const { data, error, isPending, refetch } = usePrompts();
  if (isPending) return <Skeleton height={320} data-testid="loading" />;
  if (error !== null) return <ProblemCard problem={error} onRetry={() => void refetch()} />;
  const { prompts, degraded } = data;
  if (prompts.length === 0)
    return (
      <Stack>
        <DegradedServers degraded={degraded} />
        <EmptyState {...text.emptyPrompts} />
      </Stack>
    );
  const isOpen = (prompt: Prompt): boolean =>
    prompt.server_name === search.server && prompt.name === search.name;
  const open = prompts.find(isOpen);
  return (
    <Split
      servers={groupsOf(prompts).map(({ server }) => server)}
      list={
        <Stack>
          <DegradedServers degraded={degraded} />
          <ItemList
            label={text.tabs.prompts}
            testId="prompts-list"
            groups={groupsOf(prompts.filter((prompt) => fits(prompt, search.q, search.of)))}
            keyOf={({ server_name: server, name }) => `${server}/${name}`}
            isOpen={isOpen}
            onOpen={({ server_name: server, name }) => go({ ...search, tab: 'prompts', server, name })}
            about={({ items }) => String(items.length)}
            line={({ name, title, description }) => <Line name={name} about={title ?? description} />}
          />
        </Stack>
      }
    >
      {open === undefined ? (
        <EmptyState {...text.select} />
      ) : (
        <PromptPanel key={`${open.server_name}/${open.name}`} prompt={open} />
      )}
    </Split>
  );
}

interface Argument {
  readonly name: string;
  readonly description?: string;
  readonly required?: boolean;
}

/** What a server says of its prompts is its own; what has not the right shape is left out. */
const argumentsOf = ({ arguments: declared }: Prompt): readonly Argument[] =>
  (Array.isArray(declared) ? (declared as readonly unknown[]) : []).filter(
    (one): one is Argument =>
      typeof one === 'object' && one !== null && typeof (one as { name?: unknown }).name === 'string',
  );

function PromptPanel({ prompt }: { readonly prompt: Prompt }) {
  const [values, setValues] = useState<Record<string, string>>({});
  const get = api.useMutation('post', '/api/v1/mcp/prompts/get');
  const submit = (): void =>
    get.mutate({
      body: { server_name: prompt.server_name, prompt_name: prompt.name, arguments: values },
    });
  return (
    <Stack gap="md" data-testid="prompt-panel">
      <Group gap="xs">
        <Title order={2}>{prompt.title ?? prompt.name}</Title>
        <Mono>{prompt.server_name}</Mono>
        <CopyButton value={prompt.name} label={text.copyName} />
      </Group>
      {prompt.description !== undefined && <ServerText markdown={prompt.description} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="sm" maw={480}>
          {argumentsOf(prompt).map(({ name, description, required = false }) => (
            <TextInput
              key={name}
              label={name}
              description={typeof description === 'string' ? description : undefined}
              required={required}
              value={values[name] ?? ''}
              onChange={(event) => setValues(withValue(values, name, event.currentTarget.value))}
            />
          ))}
          <Group>
            <Button type="submit" loading={get.isPending} data-testid="prompt-get">
              {text.get}
            </Button>
          </Group>
        </Stack>
      </form>
      {get.error !== null && <ProblemCard problem={get.error} />}
      {get.data !== undefined && (
        <Stack gap="sm" data-testid="prompt-messages">
          {get.data.messages.map((message, index) => (
            <Message key={index} message={message} server={prompt.server_name} />
          ))}
        </Stack>
      )}
    </Stack>
  );
}

function withValue(values: Record<string, string>, name: string, value: string): Record<string, string> {
  const { [name]: _before, ...others } = values;
  return value === '' ? others : { ...others, [name]: value };
}

function Message({
  message,
  server,
}: {
  readonly message: Record<string, unknown>;
  readonly server: string;
}) {
  const { role, content } = message;
  const isBlock = typeof content === 'object' && content !== null;
  return (
    <Stack gap={4}>
      <Group>
        <Badge variant="light" color="gray" tt="none">
          {typeof role === 'string' ? role : ''}
        </Badge>
      </Group>
      <Block
        block={isBlock ? (content as Record<string, unknown>) : { type: 'text', text: content }}
        server={server}
      />
    </Stack>
  );
}
