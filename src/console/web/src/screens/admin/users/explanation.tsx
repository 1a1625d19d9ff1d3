import { Badge, Group, List, Select, SimpleGrid, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { type components, type operations } from '~/api/schema.gen';
import { Mono, Notice, ProblemCard } from '~/components';
import { text } from '../text';
import { useAdminSearch } from '../use-admin-search';

type Asked = NonNullable<operations['getUserPermissions']['parameters']['query']>;
const words = text.users;

/** What somebody may do in this workspace, as the server itself would decide it, and why. */
export function Explanation() {
  const [{ user, permission }, change] = useAdminSearch();
  const [resource, setResource] = useState('');
  const { data: users } = api.useQuery('get', '/api/v1/users', { params: { query: { limit: 100 } } });
  const { data: roles } = api.useQuery('get', '/api/v1/roles');
  const permissions = [...new Set((roles?.roles ?? []).flatMap((role) => role.permissions))].sort();
  return (
    <Stack gap="md" maw={720}>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Select
          label={words.user}
          data={(users?.users ?? []).map(({ username }) => username)}
          value={user ?? null}
          onChange={(next) => change({ user: next ?? '' })}
          searchable
          data-testid="explain-user"
        />
        <Select
          label={words.permission}
          placeholder={words.anyPermission}
          data={permissions}
          value={permission ?? null}
          onChange={(next) => change({ permission: next ?? '' })}
          searchable
          clearable
          data-testid="explain-permission"
        />
        <TextInput
          label={words.resource}
          placeholder={words.resourceAbout}
          value={resource}
          onChange={(event) => setResource(event.currentTarget.value)}
          disabled={permission === undefined}
          data-testid="explain-resource"
        />
      </SimpleGrid>
      {user === undefined ? (
        <Text c="dimmed">{words.pick}</Text>
      ) : (
        <Answer
          user={user}
          query={{
            ...(permission === undefined ? {} : { explain: permission as NonNullable<Asked['explain']> }),
            ...(permission === undefined || resource === '' ? {} : { resource }),
          }}
        />
      )}
    </Stack>
  );
}

function Answer({ user, query }: { readonly user: string; readonly query: Asked }) {
  const { data, error } = api.useQuery('get', '/api/v1/users/{id}/permissions', {
    params: { path: { id: user }, query },
  });
  if (error !== null) return <ProblemCard problem={error} />;
  if (data === undefined) return <Skeleton height={80} />;
  if (data.decision !== undefined) return <Decision user={user} decision={data.decision} />;
  if (data.permissions.length === 0) return <Text>{words.holdsNothing}</Text>;
  return (
    <Group gap={6} data-testid="explain-permissions">
      {data.permissions.map((one) => (
        <Badge key={one} variant="default" tt="none">
          {one}
        </Badge>
      ))}
    </Group>
  );
}

const Decision = (props: {
  readonly user: string;
  readonly decision: components['schemas']['DecisionDto'];
}) => {
  const { allowed, permission, because } = props.decision;
  return (
    <Notice tone={allowed ? 'good' : 'bad'} testId="explain-decision">
      <Text fw={600}>
        {props.user} {allowed ? words.may : words.mayNot} <Mono>{permission}</Mono>
      </Text>
      <List size="sm">
        {because.map((sentence) => (
          <List.Item key={sentence}>{sentence}</List.Item>
        ))}
      </List>
    </Notice>
  );
};
