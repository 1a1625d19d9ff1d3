import { Button, Drawer, NumberInput, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { rest } from '~/api/client';
import { fieldError, type Problem, toProblem } from '~/api/problem';
import { type components } from '~/api/schema.gen';
import { CodeBlock, Notice, ProblemCard } from '~/components';
import { TYPES, type AgentType } from './search';
import { text } from './text';

type Registered = components['schemas']['RegisteredAgentDto'];

interface DrawerProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

const words = text.register;

export function RegisterDrawer({ opened, onClose }: DrawerProps) {
  const [registered, setRegistered] = useState<Registered>();
  const close = (): void => {
    onClose();
    setRegistered(undefined);
  };
  return (
    <Drawer
      opened={opened}
      onClose={close}
      title={words.title}
      size="lg"
      data-testid="agents-register-drawer"
    >
      {registered === undefined ? (
        <RegisterForm onDone={setRegistered} />
      ) : (
        <Result registered={registered} />
      )}
    </Drawer>
  );
}

interface Values {
  readonly name: string;
  readonly type: AgentType;
  readonly capabilities: string[];
  readonly maxTasks: number;
  readonly taskUrl: string;
}

const FIRST: Values = { name: '', type: 'worker', capabilities: [], maxTasks: 4, taskUrl: '' };

const bodyOf = ({ name, type, capabilities, maxTasks, taskUrl }: Values) => ({
  ...{ name, type, capabilities, max_tasks: maxTasks },
  ...(taskUrl === '' ? {} : { endpoints: { task: taskUrl } }),
});

function RegisterForm({ onDone }: { readonly onDone: (registered: Registered) => void }) {
  const client = useQueryClient();
  const form = useForm<Values>({ initialValues: FIRST });
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const submit = async (values: Values): Promise<void> => {
    setBusy(true);
    const { data, error } = await rest.POST('/api/v1/agents/register', { body: bodyOf(values) });
    setBusy(false);
    if (error !== undefined) {
      setProblem(toProblem(error));
      return;
    }
    void client.invalidateQueries({ queryKey: ['agents'] });
    onDone(data);
  };
  const errorOf = (pointer: string): string | undefined => fieldError(problem, pointer);
  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))}>
      <Stack gap="sm">
        <TextInput
          {...form.getInputProps('name')}
          label={words.name}
          description={words.nameHint}
          error={errorOf('/name')}
          required
          data-autofocus
          data-testid="agents-register-name"
        />
        <Select
          {...form.getInputProps('type')}
          label={words.type}
          description={words.typeHint}
          data={[...TYPES]}
          allowDeselect={false}
        />
        <TagsInput
          {...form.getInputProps('capabilities')}
          label={words.capabilities}
          description={words.capabilitiesHint}
          error={errorOf('/capabilities')}
          data-testid="agents-register-capabilities"
        />
        <NumberInput {...form.getInputProps('maxTasks')} label={words.maxTasks} min={1} max={1000} />
        <TextInput
          {...form.getInputProps('taskUrl')}
          label={words.taskUrl}
          description={words.taskUrlHint}
          error={errorOf('/endpoints/task')}
        />
        {problem !== undefined && <ProblemCard problem={problem} />}
        <Button type="submit" loading={busy} data-testid="agents-register-submit">
          {words.submit}
        </Button>
      </Stack>
    </form>
  );
}

const curl = (url: string, token: string, body: object): string =>
  `curl -X POST ${url} \\\n  -H "Authorization: Bearer ${token}" \\\n  -H "Content-Type: application/json" \\\n  -d '${JSON.stringify(body)}'`;

function Result({ registered }: { readonly registered: Registered }) {
  const { id, name, token, signing_secret: secret, heartbeat_url, lease_url } = registered;
  const shown = token ?? '<token>';
  return (
    <Stack gap="md" data-testid="agents-registered">
      <Text fw={600}>{words.done(name)}</Text>
      {token === undefined ? (
        <Notice tone="busy">{words.known}</Notice>
      ) : (
        <Labelled label={words.token}>
          <CodeBlock code={token} label={words.token} testId="agents-token" />
        </Labelled>
      )}
      {secret !== undefined && (
        <Labelled label={words.secret}>
          <CodeBlock code={secret} label={words.secret} />
        </Labelled>
      )}
      <Labelled label={words.heartbeat}>
        <CodeBlock code={curl(heartbeat_url, shown, { current_load: 0 })} label={words.heartbeat} />
      </Labelled>
      <Labelled label={words.lease}>
        <CodeBlock code={curl(lease_url, shown, { max: 1, wait_s: 30 })} label={words.lease} />
      </Labelled>
      <Button component={Link} to={`/agents/${id}`} variant="default">
        {words.open2}
      </Button>
    </Stack>
  );
}

const Labelled = ({ label, children }: { readonly label: string; readonly children: React.ReactNode }) => (
  <Stack gap={4}>
    <Text size="sm" fw={500}>
      {label}
    </Text>
    {children}
  </Stack>
);
