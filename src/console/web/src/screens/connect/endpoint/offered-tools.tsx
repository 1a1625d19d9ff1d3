import {
  Badge,
  Button,
  Checkbox,
  Group,
  Modal,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
  Tooltip,
} from '@mantine/core';
import { useState } from 'react';
import { Mono, Reason, ResourceTable } from '~/components';
import { formatNumber } from '~/design/format';
import { type Selection, type Tool, useTools } from '../data';
import { offers, qualified, tokensOf } from '../offer';
import { text } from '../text';
import { type Draft, withMember } from './draft';

const words = text.edit;

interface OfferedToolsProps {
  readonly draft: Draft;
  readonly onChange: (tools: Selection) => void;
}

/** Every tool of the chosen instances: whether it is offered, under which words, and what all of them cost. */
export function OfferedTools({ draft, onChange }: OfferedToolsProps) {
  const query = useTools();
  const [editing, setEditing] = useState<Tool>();
  const members = (query.data?.tools ?? []).filter(({ server_name: server }) =>
    draft.instances.includes(server),
  );
  const offered = members.filter((tool) => offers(draft, tool));
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Title order={2}>{words.tools}</Title>
        <Text size="sm" c="dimmed" className="q-figures" data-testid="endpoint-total">
          {words.total(offered.length, members.length, tokensOf(offered))}
        </Text>
      </Group>
      <ResourceTable
        label={words.tools}
        testId="endpoint-tools"
        rows={members}
        rowId={qualified}
        query={query}
        empty={<Text c="dimmed">{words.noTools}</Text>}
        columns={[
          {
            id: 'shown',
            header: words.shown,
            width: 80,
            cell: (tool) => <Offered tool={tool} draft={draft} onChange={onChange} />,
          },
          { id: 'name', header: text.list.name, cell: (tool) => <Name tool={tool} tools={draft.tools} /> },
          {
            id: 'tokens',
            header: text.list.cost,
            align: 'right',
            width: 90,
            cell: (tool) => formatNumber(tool.estimated_tokens),
          },
          {
            id: 'words',
            header: '',
            align: 'right',
            cell: (tool) => (
              <Button
                variant="subtle"
                size="compact-xs"
                onClick={() => setEditing(tool)}
                data-testid="endpoint-override"
              >
                {words.override}
              </Button>
            ),
          },
        ]}
      />
      {editing !== undefined && (
        <OverrideModal
          tool={editing}
          tools={draft.tools}
          onChange={onChange}
          onClose={() => setEditing(undefined)}
        />
      )}
    </Stack>
  );
}

/** One click denies exactly this tool, or takes that back; what a pattern decides is left to the pattern. */
function Offered({ tool, draft, onChange }: OfferedToolsProps & { readonly tool: Tool }) {
  const { deny = [] } = draft.tools;
  const exact = qualified(tool);
  const isOffered = offers(draft, tool);
  const others = deny.filter((pattern) => pattern !== exact);
  const canBe = isOffered || offers({ ...draft, tools: withMember(draft.tools, 'deny', [...others]) }, tool);
  const toggle = (): void => {
    const next = isOffered ? [...deny, exact] : others;
    onChange(withMember(draft.tools, 'deny', next.length === 0 ? undefined : next));
  };
  const box = (
    <Checkbox
      checked={isOffered}
      disabled={!canBe}
      onChange={toggle}
      aria-label={`${words.shown}: ${tool.name}`}
      data-testid="endpoint-offer"
    />
  );
  return canBe ? box : <Tooltip label={words.byPattern}>{<span tabIndex={0}>{box}</span>}</Tooltip>;
}

function Name({ tool, tools }: { readonly tool: Tool; readonly tools: Selection }) {
  const override = tools.overrides?.[qualified(tool)];
  return (
    <div>
      <Group gap={6}>
        <Mono>{override?.name ?? tool.name}</Mono>
        <Text size="xs" c="dimmed">
          {tool.server_name}
          {override?.name === undefined ? '' : ` · ${tool.name}`}
        </Text>
        {override !== undefined && (
          <Badge variant="light" color="gray" tt="none" size="sm">
            {words.overridden}
          </Badge>
        )}
      </Group>
      <Reason text={override?.description ?? tool.description} />
    </div>
  );
}

interface OverrideModalProps {
  readonly tool: Tool;
  readonly tools: Selection;
  readonly onChange: (tools: Selection) => void;
  readonly onClose: () => void;
}

function OverrideModal({ tool, tools, onChange, onClose }: OverrideModalProps) {
  const key = qualified(tool);
  const known = tools.overrides?.[key] ?? {};
  const [name, setName] = useState(known.name ?? '');
  const [title, setTitle] = useState(known.title ?? '');
  const [description, setDescription] = useState(known.description ?? '');
  const put = (override: object): void => {
    const { [key]: _before, ...others } = tools.overrides ?? {};
    const next = Object.keys(override).length === 0 ? others : { ...others, [key]: override };
    onChange(withMember(tools, 'overrides', Object.keys(next).length === 0 ? undefined : next));
    onClose();
  };
  const apply = (): void =>
    put({
      ...(name === '' ? {} : { name }),
      ...(title === '' ? {} : { title }),
      ...(description === '' ? {} : { description }),
    });
  return (
    <Modal opened onClose={onClose} title={tool.name}>
      <Stack gap="sm">
        <TextInput
          label={words.newName}
          placeholder={tool.name}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={64}
          data-autofocus
        />
        <TextInput
          label={words.newTitle2}
          placeholder={tool.title ?? ''}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Textarea
          label={words.newDescription}
          placeholder={tool.description}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          autosize
          minRows={2}
          maxRows={8}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => put({})}>
            {words.reset}
          </Button>
          <Button onClick={apply} data-testid="endpoint-apply">
            {words.apply}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
