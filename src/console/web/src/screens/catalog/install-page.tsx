import { Button, Grid, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { api } from '~/api/client';
import { toProblem } from '~/api/problem';
import { CodeBlock, PageHeader, ProblemCard } from '~/components';
import { type Definition, useDefinition } from './data';
import { CheckResult } from './install/check-result';
import { curlOf, freeName, requestOf, shownRequest } from './install/draft';
import { InstallForm } from './install/install-form';
import { forgetDraft, useDraft } from './install/kept-drafts';
import { StartSteps } from './install/start-steps';
import { text } from './text';

const words = text.form;
const INSTANCES_MAX = 200;

export default function InstallPage() {
  const { id } = useParams({ from: '/inside/catalog/$id/install' });
  const query = useDefinition(id);
  // The address may hold an id, which is no name for anybody.
  const name = query.data?.name ?? id;
  const crumbs = [
    { label: text.title, to: '/catalog' },
    { label: name, to: `/catalog/${id}` },
  ];
  return (
    <>
      <PageHeader title={words.title(name)} crumbs={crumbs} />
      {query.isPending && <Skeleton height={320} />}
      {query.isError && <ProblemCard problem={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && <Install definition={query.data} />}
    </>
  );
}

function Install({ definition }: { readonly definition: Definition }) {
  const { instance } = useSearch({ from: '/inside/catalog/$id/install' });
  const navigate = useNavigate({ from: '/catalog/$id/install' });
  const show = (name?: string): void =>
    void navigate({ search: name === undefined ? {} : { instance: name }, replace: true });
  if (instance === undefined) return <Named key={definition.id} definition={definition} onCreated={show} />;
  return (
    <Stack gap="md" maw={720}>
      <StartSteps name={instance} />
      <Group>
        <Button variant="default" onClick={() => show()} data-testid="install-another">
          {words.another}
        </Button>
      </Group>
    </Stack>
  );
}

interface NamedProps {
  readonly definition: Definition;
  readonly onCreated: (name: string) => void;
}

/** Which names are taken decides which one is proposed; where that cannot be known, the form says so when it is sent. */
function Named(props: NamedProps) {
  const query = { limit: INSTANCES_MAX, sort: 'name', q: props.definition.name } as const;
  const { data, isFetchedAfterMount } = api.useQuery(
    'get',
    '/api/v1/mcp/instances',
    { params: { query } },
    { staleTime: 0, retry: false },
  );
  if (!isFetchedAfterMount) return <Skeleton height={320} />;
  const taken = new Set((data?.instances ?? []).map(({ name }) => name));
  return <Wizard {...props} name={freeName(props.definition.name, taken)} />;
}

interface WizardProps extends NamedProps {
  readonly name: string;
}

function Wizard({ definition, name, onCreated }: WizardProps) {
  const [draft, change] = useDraft(definition.name, name);
  const checking = api.useMutation('post', '/api/v1/mcp/instances/check');
  const creating = api.useMutation('post', '/api/v1/mcp/instances');
  const body = requestOf(draft, definition);
  const edit = (part: Parameters<typeof change>[0]): void => {
    change(part);
    checking.reset();
    creating.reset();
  };
  const create = (): void =>
    creating.mutate(
      { body },
      {
        onSuccess: ({ name }) => {
          forgetDraft(definition.name);
          onCreated(name);
        },
      },
    );
  const refused = creating.isError ? toProblem(creating.error) : undefined;
  const found = checking.data?.checks.flatMap(({ errors = [] }) => errors) ?? [];
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Stack gap="md">
          <InstallForm
            definition={definition}
            draft={draft}
            onChange={edit}
            errors={[...(refused?.errors ?? []), ...found]}
          />
          {checking.isPending && <Text size="sm">{words.checking}</Text>}
          {checking.isError && <ProblemCard problem={checking.error} />}
          {checking.isSuccess && <CheckResult report={checking.data} />}
          {refused !== undefined && <ProblemCard problem={refused} />}
          <Group gap="xs">
            <Button
              variant="default"
              loading={checking.isPending}
              onClick={() => checking.mutate({ body })}
              data-testid="install-check"
            >
              {words.check}
            </Button>
            <Button loading={creating.isPending} onClick={create} data-testid="install-create">
              {words.create}
            </Button>
          </Group>
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Preview definition={definition} body={body} />
      </Grid.Col>
    </Grid>
  );
}

function Preview({
  definition,
  body,
}: {
  readonly definition: Definition;
  readonly body: ReturnType<typeof requestOf>;
}) {
  const shown = shownRequest(body, definition.env_schema);
  return (
    <Stack gap="xs" component="aside">
      <Title order={2} size="h5">
        {words.preview}
      </Title>
      <Text size="xs" c="dimmed">
        {words.previewHint}
      </Text>
      <CodeBlock code={JSON.stringify(shown, null, 2)} label={words.preview} testId="install-preview" />
      <Text size="sm" fw={500}>
        {words.asCurl}
      </Text>
      <CodeBlock code={curlOf(window.location.origin, shown)} label={words.asCurl} testId="install-curl" />
    </Stack>
  );
}
