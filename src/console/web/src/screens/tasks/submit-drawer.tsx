import { Button, Drawer, NumberInput, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { rest } from '~/api/client';
import { fieldError, type Problem, toProblem } from '~/api/problem';
import { notifyDone, ProblemCard } from '~/components';
import { CodeEditor } from '~/components/lazy/code-editor';
import { PRIORITIES } from './search';
import { text } from './text';

const words = text.submit;

interface Values {
  readonly type: string;
  readonly payload: string;
  readonly priority: (typeof PRIORITIES)[number];
  readonly capabilities: string[];
  readonly timeout: number | '';
  readonly retryCount: number;
}

const FIRST: Values = {
  ...{ type: 'analysis', payload: '{\n  "source": "s3://bucket/data.csv"\n}', priority: 'medium' },
  ...{ capabilities: [], timeout: '', retryCount: 3 },
};

/** undefined: it is no JSON object. */
function objectOf(json: string): Record<string, never> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, never>)
      : undefined;
  } catch {
    return undefined;
  }
}

const bodyOf = (values: Values) => ({
  ...{ type: values.type, payload: objectOf(values.payload) ?? {}, priority: values.priority },
  retry_count: values.retryCount,
  ...(values.capabilities.length === 0 ? {} : { capabilities: values.capabilities }),
  ...(values.timeout === '' ? {} : { timeout: values.timeout }),
});

export function SubmitDrawer({
  opened,
  onClose,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  return (
    <Drawer opened={opened} onClose={onClose} title={words.title} size="lg" data-testid="tasks-submit-drawer">
      <SubmitForm onDone={onClose} />
    </Drawer>
  );
}

function useSubmit(onDone: () => void) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const submit = async (values: Values): Promise<void> => {
    setBusy(true);
    const { data, error } = await rest.POST('/api/v1/tasks', { body: bodyOf(values) });
    setBusy(false);
    setProblem(error === undefined ? undefined : toProblem(error));
    if (data === undefined) return;
    notifyDone(words.done);
    void client.invalidateQueries({ queryKey: ['tasks'] });
    onDone();
    void navigate({ to: '/tasks/$id', params: { id: data.task_id } });
  };
  return { submit, problem, busy };
}

function SubmitForm({ onDone }: { readonly onDone: () => void }) {
  const { submit, problem, busy } = useSubmit(onDone);
  const form = useForm<Values>({
    initialValues: FIRST,
    validate: { payload: (json) => (objectOf(json) === undefined ? words.badJson : null) },
  });
  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))}>
      <Stack gap="sm">
        <TextInput
          {...form.getInputProps('type')}
          label={words.type}
          description={words.typeHint}
          error={fieldError(problem, '/type')}
          required
          data-autofocus
          data-testid="tasks-submit-type"
        />
        <Stack gap={4}>
          <Text size="sm" fw={500}>
            {words.payload}
          </Text>
          <Text size="xs" c="dimmed">
            {words.payloadHint}
          </Text>
          <CodeEditor
            value={form.values.payload}
            onChange={(payload) => form.setFieldValue('payload', payload)}
            language="json"
            label={words.payload}
            height="180px"
          />
          {form.errors['payload'] !== undefined && (
            <Text size="xs" c="red" role="alert">
              {form.errors['payload']}
            </Text>
          )}
        </Stack>
        <Select
          {...form.getInputProps('priority')}
          label={words.priority}
          data={[...PRIORITIES]}
          allowDeselect={false}
        />
        <TagsInput
          {...form.getInputProps('capabilities')}
          label={words.capabilities}
          description={words.capabilitiesHint}
          error={fieldError(problem, '/capabilities')}
        />
        <NumberInput {...form.getInputProps('timeout')} label={words.timeout} min={1} />
        <NumberInput {...form.getInputProps('retryCount')} label={words.retries} min={0} max={100} />
        {problem !== undefined && <ProblemCard problem={problem} />}
        <Button type="submit" loading={busy} data-testid="tasks-submit-send">
          {words.submit}
        </Button>
      </Stack>
    </form>
  );
}
