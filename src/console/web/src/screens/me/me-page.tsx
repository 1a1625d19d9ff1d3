import { Badge, Group, Paper, SimpleGrid, Stack, Text } from '@mantine/core';
import { type ReactNode } from 'react';
import { useMe } from '~/api/me';
import { CopyButton, Mono, PageHeader, ProblemCard } from '~/components';
import { PasswordCard } from './password-card';
import { SessionTable } from './session-table';
import { text } from './text';
import { ViewTable } from './view-table';

/** Who one is here, where one is signed in, and what one keeps. */
export default function MePage() {
  const { data: me, error, refetch } = useMe();
  return (
    <>
      <PageHeader title={text.title} />
      <Stack gap="lg">
        {error !== null && <ProblemCard problem={error} onRetry={() => void refetch()} />}
        {me !== undefined && (
          <Paper withBorder p="md" data-testid="me-identity">
            <SimpleGrid cols={{ base: 1, xs: 2, sm: 3 }}>
              <Fact label={text.kind}>
                {me.name} <Mono>{me.id}</Mono> <CopyButton value={me.id} label={text.kind} />
              </Fact>
              <Fact label={text.role}>{me.role}</Fact>
              {me.key_id !== null && (
                <Fact label={text.key}>
                  <Mono>{me.key_id}</Mono>
                </Fact>
              )}
            </SimpleGrid>
            <details>
              <summary>{text.permissions(me.permissions.length)}</summary>
              <Group gap={6} mt="xs">
                {me.permissions.map((permission) => (
                  <Badge key={permission} variant="default" tt="none">
                    {permission}
                  </Badge>
                ))}
              </Group>
            </details>
          </Paper>
        )}
        <SessionTable />
        <PasswordCard hasPassword={me?.kind === 'user' && me.key_id === null} />
        <ViewTable />
      </Stack>
    </>
  );
}

const Fact = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <div>
    <Text size="xs" c="dimmed">
      {label}
    </Text>
    <div>{children}</div>
  </div>
);
