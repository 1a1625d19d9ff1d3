import { Button, Card, Group, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { rest } from '~/api/client';
import { useMay } from '~/api/me';
import { toProblem } from '~/api/problem';
import {
  confirmDestructive,
  CopyButton,
  Mono,
  notifyDone,
  PageHeader,
  ProblemCard,
  RelativeTime,
  ServerText,
} from '~/components';
import { type Definition, useDefinition } from './data';
import { History } from './detail/history';
import { ToolsPreview, Users } from './detail/in-use';
import { VariablesTable } from './detail/variables-table';
import { InstallLink, TextLink } from './links';
import { Badges } from './list/badges';
import { text } from './text';

const words = text.detail;

export default function DefinitionPage() {
  const { id } = useParams({ from: '/inside/catalog/$id' });
  const query = useDefinition(id);
  const crumbs = [{ label: text.title, to: '/catalog' }];
  if (query.isPending || query.isError)
    return (
      <>
        <PageHeader title={id} crumbs={crumbs} />
        {query.isError ? (
          <ProblemCard problem={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Skeleton height={240} />
        )}
      </>
    );
  const definition = query.data;
  return (
    <>
      <PageHeader
        title={definition.name}
        crumbs={crumbs}
        description={<Badges definition={definition} />}
        actions={<Actions definition={definition} />}
      />
      <Stack gap="md">
        <Section title={words.about}>
          <ServerText
            markdown={definition.description === '' ? text.noDescription : definition.description}
          />
        </Section>
        <Section title={words.environment}>
          <VariablesTable variables={definition.env_schema} />
        </Section>
        <Section title={words.facts}>
          <Facts definition={definition} />
        </Section>
        <Section title={words.tools}>
          <ToolsPreview definition={definition} />
        </Section>
        <Section title={words.users}>
          <Users definition={definition} />
        </Section>
        <Section title={words.history}>
          <History definition={definition} />
        </Section>
      </Stack>
    </>
  );
}

const Section = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <Card withBorder component="section">
    <Title order={2} size="h4" mb="xs">
      {title}
    </Title>
    {children}
  </Card>
);

function Actions({ definition }: { readonly definition: Definition }) {
  const mayInstall = useMay('instances:create');
  const mayDelete = useMay('servers:delete');
  const navigate = useNavigate();
  const { id, name, built_in: isBuiltIn, instances = 0, status } = definition;
  const remove = (): void =>
    confirmDestructive({
      title: words.removeTitle(name),
      lists: [name],
      confirmLabel: words.remove,
      onConfirm: async () => {
        const { error } = await rest.DELETE('/api/v1/mcp/servers/{id}', { params: { path: { id } } });
        if (error !== undefined) throw toProblem(error);
        notifyDone(words.removed(name));
        await navigate({ to: '/catalog' });
      },
    });
  return (
    <Group gap="xs">
      {mayDelete && !isBuiltIn && (
        <Button
          variant="default"
          disabled={instances > 0}
          title={instances > 0 ? words.inUse : undefined}
          onClick={remove}
          data-testid="catalog-delete"
        >
          {words.remove}
        </Button>
      )}
      {mayInstall && status !== 'archived' && (
        <InstallLink to="/catalog/$id/install" params={{ id: name }} data-testid="catalog-install">
          {text.install}
        </InstallLink>
      )}
    </Group>
  );
}

function Facts({ definition }: { readonly definition: Definition }) {
  const { docker_image_url: image, url, version, transport, command, port, tags, status } = definition;
  const rows: readonly (readonly [string, ReactNode])[] = [
    [words.type, text.types[definition.type]],
    [words.image, image === '' ? null : <Copyable value={image} label={words.image} />],
    [words.address, url === undefined ? null : <Copyable value={url} label={words.address} />],
    [
      words.command,
      command === undefined ? null : <Copyable value={command.join(' ')} label={words.command} />,
    ],
    [words.transport, transport ?? null],
    [words.port, port ?? null],
    [words.version, version === '' ? null : version],
    [words.tags, tags.length === 0 ? null : <Tags key="tags" tags={tags} />],
    [words.status, status],
    [words.created, <RelativeTime key="at" at={definition.created_at} />],
  ];
  return (
    <Table variant="vertical" layout="auto" withRowBorders={false}>
      <Table.Tbody>
        {rows
          .filter(([, value]) => value !== null)
          .map(([label, value]) => (
            <Table.Tr key={label}>
              <Table.Th w={140}>{label}</Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
      </Table.Tbody>
    </Table>
  );
}

/** A tag leads to everything that carries it. */
const Tags = ({ tags }: { readonly tags: readonly string[] }) => (
  <Group gap="xs">
    {tags.map((tag) => (
      <TextLink key={tag} to="/catalog" search={{ tag } as never}>
        {tag}
      </TextLink>
    ))}
  </Group>
);

const Copyable = ({ value, label }: { readonly value: string; readonly label: string }) => (
  <Group gap={4} wrap="nowrap">
    <Text component="span" style={{ overflowWrap: 'anywhere' }}>
      <Mono>{value}</Mono>
    </Text>
    <CopyButton value={value} label={label} />
  </Group>
);
