import { Button, Group, MultiSelect, Select, Stack, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { rest } from '~/api/client';
import { useMay } from '~/api/me';
import { fieldError, type Problem, toProblem } from '~/api/problem';
import { notifyDone, ProblemCard } from '~/components';
import { type Endpoint, useInstanceNames } from '../data';
import { text } from '../text';
import { type Draft, draftOf, EMPTY, PREFIXES, withMember } from './draft';
import { OfferedTools } from './offered-tools';

const words = text.edit;
interface EndpointFormProps {
  /** undefined for one that is to be made. */
  readonly endpoint: Endpoint | undefined;
  readonly onSaved: (endpoint: Endpoint) => void;
}

export function EndpointForm({ endpoint, onSaved }: EndpointFormProps) {
  const [draft, setDraft] = useState<Draft>(endpoint === undefined ? EMPTY : draftOf(endpoint));
  const [saving, setSaving] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const may = useMay(endpoint === undefined ? 'endpoints:create' : 'endpoints:update');
  const change = (part: Partial<Draft>): void => setDraft({ ...draft, ...part });
  const submit = async (): Promise<void> => {
    setSaving(true);
    setProblem(undefined);
    try {
      const { data, error } = await save(draft, endpoint);
      if (data === undefined) setProblem(toProblem(error));
      else {
        notifyDone(words.saved(data.name));
        onSaved(data);
      }
    } catch (error) {
      setProblem(toProblem(error));
    } finally {
      setSaving(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack gap="lg">
        <Fields draft={draft} change={change} problem={problem} isNew={endpoint === undefined} />
        <OfferedTools draft={draft} onChange={(tools) => change({ tools })} />
        {problem !== undefined && <ProblemCard problem={problem} />}
        {may && (
          <Group>
            <Button type="submit" loading={saving} data-testid="endpoint-save">
              {endpoint === undefined ? words.create : words.save}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}

function save({ name, ...content }: Draft, endpoint: Endpoint | undefined) {
  const body = { ...content, instances: [...content.instances] };
  return endpoint === undefined
    ? rest.POST('/api/v1/mcp/endpoints', { body: { name, ...body } })
    : rest.PATCH('/api/v1/mcp/endpoints/{name}', {
        params: { path: { name: endpoint.name } },
        body,
      } as never);
}

interface FieldsProps {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
  readonly problem: Problem | undefined;
  readonly isNew: boolean;
}

function Fields({ draft, change, problem, isNew }: FieldsProps) {
  const known = (useInstanceNames().data?.instances ?? []).map(({ name }) => name);
  const patterns = (list: string[]): string[] | undefined => (list.length === 0 ? undefined : list);
  return (
    <Stack gap="sm" maw={720}>
      {isNew && (
        <TextInput
          label={words.name}
          description={words.nameWhy}
          value={draft.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
          error={fieldError(problem, '/name')}
          required
          maxLength={63}
          data-testid="endpoint-name"
        />
      )}
      <Textarea
        label={words.description}
        description={words.descriptionWhy}
        value={draft.description}
        onChange={(event) => change({ description: event.currentTarget.value })}
        error={fieldError(problem, '/description')}
        autosize
        maxRows={6}
      />
      <MultiSelect
        label={words.instances}
        description={words.instancesWhy}
        data={[...new Set([...known, ...draft.instances])].sort()}
        value={[...draft.instances]}
        onChange={(instances) => change({ instances })}
        searchable
        data-testid="endpoint-instances"
      />
      <Select
        label={words.prefix}
        value={draft.prefix}
        onChange={(next) => change({ prefix: PREFIXES.find((one) => one === next) ?? 'auto' })}
        data={PREFIXES.map((value) => ({ value, label: words.prefixes[value] }))}
        allowDeselect={false}
      />
      <TagsInput
        label={words.allow}
        description={words.allowWhy}
        value={[...(draft.tools.allow ?? [])]}
        onChange={(list) => change({ tools: withMember(draft.tools, 'allow', patterns(list)) })}
        data-testid="endpoint-allow"
      />
      <TagsInput
        label={words.deny}
        description={words.denyWhy}
        value={[...(draft.tools.deny ?? [])]}
        onChange={(list) => change({ tools: withMember(draft.tools, 'deny', patterns(list)) })}
        data-testid="endpoint-deny"
      />
    </Stack>
  );
}
