import { Button, Group, Modal, SegmentedControl, Stack, TextInput, Title } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '~/api/client';
import { type components } from '~/api/schema.gen';
import { ProblemCard } from '~/components';
import { SchemaForm } from '~/components/lazy/schema-form';
import { defaultsOf } from './defaults';
import { JsonInput } from './json-input';
import { text } from './text';

type Pipeline = components['schemas']['PipelineDto'];
type Values = Record<string, unknown>;
const words = text.executing;

interface ExecuteFormProps {
  readonly pipeline: Pipeline;
  readonly onClose: () => void;
}

/** What a run is given: a form from the schemas of the pipeline, and the same as JSON. */
export function ExecuteForm({ pipeline, onClose }: ExecuteFormProps) {
  const { input_schema: inputSchema, parameter_schema: parameterSchema } = pipeline;
  const hasForm = inputSchema !== undefined || parameterSchema !== undefined;
  const [shape, setShape] = useState<string>(hasForm ? 'form' : 'json');
  const [input, setInput] = useState<Values>(() => defaultsOf(inputSchema));
  const [parameters, setParameters] = useState<Values>(() => defaultsOf(parameterSchema));
  const [webhook, setWebhook] = useState('');
  const navigate = useNavigate();
  const execute = api.useMutation('post', '/api/v1/pipelines/{id}/execute', {
    onSuccess: ({ run_id: id }) => void navigate({ to: '/runs/$id', params: { id } }),
  });
  const start = (): void =>
    execute.mutate({
      params: { path: { id: pipeline.id } },
      body: {
        input_data: input,
        parameters: parameters,
        ...(webhook === '' ? {} : { notification: { webhook } }),
      },
    });
  const parts = [
    { label: words.input, schema: inputSchema, value: input, set: setInput, at: '/input_data' },
    {
      label: words.parameters,
      schema: parameterSchema,
      value: parameters,
      set: setParameters,
      at: '/parameters',
    },
  ];
  return (
    <Modal opened onClose={onClose} title={words.title(pipeline.name)} size="lg">
      <Stack
        gap="md"
        onKeyDown={(event) => (event.ctrlKey || event.metaKey) && event.key === 'Enter' && start()}
      >
        {hasForm && (
          <SegmentedControl
            size="xs"
            value={shape}
            onChange={setShape}
            aria-label={words.shape}
            data={[
              { value: 'form', label: words.form },
              { value: 'json', label: words.json },
            ]}
          />
        )}
        {parts.map(({ label, schema, value, set, at }) =>
          shape === 'form' && schema !== undefined ? (
            <Stack key={at} gap="xs">
              <Title order={2}>{label}</Title>
              <SchemaForm
                label={label}
                schema={schema}
                value={value}
                onChange={set}
                problem={execute.error}
                pointerPrefix={at}
                testId={`execute${at.replace('/', '-')}`}
              />
            </Stack>
          ) : (
            <JsonInput
              key={at}
              label={label}
              value={value}
              onChange={(next) => set(next ?? {})}
              wrong={words.notAnObject}
              testId={`execute${at.replace('/', '-')}-json`}
            />
          ),
        )}
        <TextInput
          label={words.webhook}
          description={words.webhookHint}
          value={webhook}
          onChange={(event) => setWebhook(event.currentTarget.value.trim())}
          placeholder="https://example.com/webhook"
          data-testid="execute-webhook"
        />
        {execute.error !== null && <ProblemCard problem={execute.error} />}
        <Group justify="flex-end">
          <Button loading={execute.isPending} onClick={start} data-testid="execute-start">
            {words.start}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
