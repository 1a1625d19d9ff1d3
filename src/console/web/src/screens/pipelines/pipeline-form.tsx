import { Card, Group, Stack, Switch, Textarea, TextInput, Title } from '@mantine/core';
import { type Draft, type Fault } from './draft';
import { JsonInput } from './json-input';
import { text } from './text';

const words = text.editor;

interface PipelineFormProps {
  readonly draft: Draft;
  readonly faults: readonly Fault[];
  readonly onChange: (draft: Draft) => void;
}

/** What is said of the pipeline as a whole. */
export function PipelineForm({ draft, faults, onChange }: PipelineFormProps) {
  const faultAt = (pointer: string): string | undefined =>
    faults.find((fault) => fault.pointer === pointer)?.detail;
  const withSchema = (name: 'input_schema' | 'parameter_schema', schema: unknown): void => {
    const { [name]: _before, ...rest } = draft;
    onChange(schema === undefined ? rest : { ...rest, [name]: schema as never });
  };
  return (
    <Card component="section" aria-label={words.pipeline}>
      <Stack gap="sm">
        <Title order={2}>{words.pipeline}</Title>
        <TextInput
          label={words.name}
          description={words.nameHint}
          value={draft.name}
          error={draft.name === '' ? undefined : faultAt('/name')}
          onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
          data-testid="editor-name"
        />
        <Textarea
          label={words.descriptionLabel}
          value={draft.description ?? ''}
          error={faultAt('/description')}
          onChange={(event) => onChange({ ...draft, description: event.currentTarget.value })}
          autosize
        />
        <Switch
          label={words.isPublic}
          description={words.isPublicHint}
          checked={draft.is_public ?? false}
          onChange={(event) => onChange({ ...draft, is_public: event.currentTarget.checked })}
          data-testid="editor-public"
        />
        <Group grow align="flex-start">
          <JsonInput
            label={words.inputSchema}
            description={words.schemaHint}
            value={draft.input_schema}
            onChange={(schema) => withSchema('input_schema', schema)}
            wrong={words.notAnObject}
          />
          <JsonInput
            label={words.parameterSchema}
            description={words.schemaHint}
            value={draft.parameter_schema}
            onChange={(schema) => withSchema('parameter_schema', schema)}
            wrong={words.notAnObject}
          />
        </Group>
      </Stack>
    </Card>
  );
}
