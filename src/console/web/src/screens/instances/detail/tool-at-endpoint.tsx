import { ActionIcon, Button, Group, Switch, TextInput, Tooltip } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { IconPencil } from '@tabler/icons-react';
import { type SyntheticEvent, useState } from 'react';
import { rest } from '~/api/client';
import { useMay } from '~/api/me';
import { Mono, notifyProblem, notifyUndo } from '~/components';
import { text } from '../detail-text';
import { type Endpoint, isOn, isOwnRule, nameThere, renamed, switched, type ToolRules } from './tool-rules';

const words = text.tools;

interface ToolAtProps {
  readonly tool: string;
  readonly instance: string;
  readonly endpoint: Endpoint;
}

/** Changes the rules at once and offers to take it back; the lists that show them are read again. */
function usePutRules({ name, tools: before }: Endpoint) {
  const client = useQueryClient();
  const put = async (tools: ToolRules): Promise<void> => {
    const { error } = await rest.PATCH('/api/v1/mcp/endpoints/{name}', {
      params: { path: { name } },
      body: { tools },
    });
    if (error !== undefined) throw error;
    await client.invalidateQueries({ queryKey: ['get', '/api/v1/mcp/endpoints'] });
  };
  return async (rules: ToolRules, said: string): Promise<void> => {
    try {
      await put(rules);
      notifyUndo(said, () => put(before));
    } catch (error) {
      notifyProblem(error);
    }
  };
}

export function ToolSwitch({ tool, instance, endpoint }: ToolAtProps) {
  const may = useMay('endpoints:update');
  const put = usePutRules(endpoint);
  const on = isOn(endpoint.tools, instance, tool);
  const isOwn = isOwnRule(endpoint.tools, instance, tool);
  const toggle = (): void =>
    void put(
      switched(endpoint.tools, instance, tool, !on),
      on ? words.denied(tool, endpoint.name) : words.allowed(tool, endpoint.name),
    );
  const box = (
    <Switch
      size="sm"
      checked={on}
      disabled={!may}
      onChange={() => {
        if (isOwn) toggle();
      }}
      aria-label={`${words.enabled}: ${tool}`}
      data-testid="instance-tool-switch"
    />
  );
  return isOwn ? box : <Tooltip label={words.byPattern}>{box}</Tooltip>;
}

export function NameThere({ tool, instance, endpoint }: ToolAtProps) {
  const may = useMay('endpoints:update');
  const put = usePutRules(endpoint);
  const [edited, setEdited] = useState<string>();
  const there = nameThere(endpoint.tools, instance, tool);
  if (edited === undefined) {
    return (
      <Group gap={4} wrap="nowrap">
        {there === undefined ? <span>{words.original}</span> : <Mono>{there}</Mono>}
        {may && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size={24}
            aria-label={words.renameOf(tool)}
            onClick={() => setEdited(there ?? tool)}
            data-testid="instance-tool-rename"
          >
            <IconPencil size={14} />
          </ActionIcon>
        )}
      </Group>
    );
  }
  const save = (event: SyntheticEvent): void => {
    event.preventDefault();
    setEdited(undefined);
    void put(renamed(endpoint.tools, instance, tool, edited.trim()), words.renamed(tool, edited.trim()));
  };
  return (
    <form onSubmit={save}>
      <Group gap={4} wrap="nowrap">
        <TextInput
          size="xs"
          value={edited}
          aria-label={words.renameOf(tool)}
          onChange={(event) => setEdited(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setEdited(undefined);
          }}
          maxLength={64}
          autoFocus
        />
        <Button size="compact-xs" type="submit">
          {words.save}
        </Button>
      </Group>
    </form>
  );
}
