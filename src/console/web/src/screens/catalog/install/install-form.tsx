import { Accordion, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { type Problem } from '~/api/problem';
import { type Definition, type Variable } from '../data';
import { text } from '../text';
import { type Draft, inOrder } from './draft';
import { VariableField } from './variable-field';

interface InstallFormProps {
  readonly definition: Definition;
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  /** What was found wrong, by the place in the request. */
  readonly errors: NonNullable<Problem['errors']>;
}

const words = text.form;
const NETWORK: Readonly<Record<string, string>> = {
  docker: words.networkNone,
  url: words.networkRemote,
  stdio: words.networkBundled,
};

export function InstallForm({ definition, draft, onChange, errors }: InstallFormProps) {
  const errorAt = (pointer: string): string | undefined =>
    errors.find((each) => each.pointer === pointer || each.pointer.startsWith(`${pointer}/`))?.detail;
  return (
    <Stack gap="md" maw={720}>
      <TextInput
        label={words.name}
        description={words.nameHint}
        withAsterisk
        value={draft.name}
        error={errorAt('/name')}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
        maxLength={63}
        data-testid="install-name"
      />
      <Variables definition={definition} draft={draft} onChange={onChange} errorAt={errorAt} />
      <Accordion variant="contained" chevronPosition="left">
        <Accordion.Item value="advanced">
          <Accordion.Control data-testid="install-advanced">{words.advanced}</Accordion.Control>
          <Accordion.Panel>
            <Advanced type={definition.type} draft={draft} onChange={onChange} errorAt={errorAt} />
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </Stack>
  );
}

type ErrorAt = (pointer: string) => string | undefined;

interface VariablesProps {
  readonly definition: Definition;
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  readonly errorAt: ErrorAt;
}

function Variables({ definition, draft, onChange, errorAt }: VariablesProps) {
  const variables = inOrder(definition.env_schema);
  if (variables.length === 0) return <Text c="dimmed">{words.noVariables}</Text>;
  const isRequired = ({ required }: Variable): boolean => required === true;
  const groups = [
    [words.required, variables.filter(isRequired)],
    [words.optional, variables.filter((each) => !isRequired(each))],
  ] as const;
  return groups
    .filter(([, group]) => group.length > 0)
    .map(([title, group]) => (
      <Stack key={title} gap="sm" component="section">
        <Title order={2} size="h5">
          {title}
        </Title>
        {group.map((variable) => (
          <VariableField
            key={variable.name}
            variable={variable}
            value={draft.variables[variable.name] ?? ''}
            error={
              errorAt(`/environment/${variable.name}`) ?? errorAt(`/json_spec/environment/${variable.name}`)
            }
            onChange={(value) => onChange({ variables: { ...draft.variables, [variable.name]: value } })}
          />
        ))}
      </Stack>
    ));
}

interface AdvancedProps {
  readonly type: string;
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  readonly errorAt: ErrorAt;
}

function Advanced({ type, draft, onChange, errorAt }: AdvancedProps) {
  const field = (
    key: 'description' | 'labels' | 'replicas' | 'memory' | 'cpu' | 'health' | 'timeout',
    place: string,
  ) => ({
    value: draft[key],
    error: errorAt(place),
    onChange: (event: { currentTarget: { value: string } }) => onChange({ [key]: event.currentTarget.value }),
    'data-testid': `install-${key}`,
  });
  return (
    <Stack gap="sm">
      <TextInput
        label={words.description}
        description={words.descriptionHint}
        {...field('description', '/description')}
      />
      <Textarea
        label={words.labels}
        description={words.labelsHint}
        {...field('labels', '/labels')}
        autosize
        minRows={1}
      />
      {type !== 'url' && (
        <>
          <TextInput
            label={words.replicas}
            description={words.replicasHint}
            inputMode="numeric"
            {...field('replicas', '/replicas')}
          />
          <TextInput
            label={words.memory}
            description={words.memoryHint}
            {...field('memory', '/json_spec/resources/memory_limit')}
          />
          <TextInput
            label={words.cpu}
            description={words.cpuHint}
            {...field('cpu', '/json_spec/resources/cpu_limit')}
          />
        </>
      )}
      {type === 'url' && (
        <Textarea
          label={words.headers}
          description={words.headersHint}
          value={draft.headers}
          error={errorAt('/json_spec/headers')}
          onChange={(event) => onChange({ headers: event.currentTarget.value })}
          autosize
          minRows={2}
          data-testid="install-headers"
        />
      )}
      <TextInput
        label={words.health}
        description={words.healthHint}
        {...field('health', '/json_spec/health_check')}
      />
      <TextInput
        label={words.timeout}
        description={words.timeoutHint}
        inputMode="decimal"
        {...field('timeout', '/json_spec/timeout')}
      />
      <Said label={words.network} said={NETWORK[type] ?? ''} />
      <Said label={words.tools} said={words.toolsHint} />
    </Stack>
  );
}

const Said = ({ label, said }: { readonly label: string; readonly said: string }) => (
  <Stack gap={0}>
    <Text size="sm" fw={500}>
      {label}
    </Text>
    <Text size="sm" c="dimmed">
      {said}
    </Text>
  </Stack>
);
