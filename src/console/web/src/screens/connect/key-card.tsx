import { Alert, Button, Card, Group, Select, Stack, Text, Title } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '~/api/client';
import { useMay, useMe } from '~/api/me';
import { CodeBlock, ProblemCard } from '~/components';
import { text } from './text';

interface KeyCardProps {
  readonly target: string;
  readonly client: string;
  readonly value: string | undefined;
  readonly onMade: (key: string) => void;
}

/** What a client needs, and no more. */
const SCOPES = ['tools:read', 'tools:call', 'resources:read', 'prompts:read'];
const DAY_MS = 24 * 3_600_000;
const LIVES = ['30', '90', '365', 'never'] as const;
type Life = (typeof LIVES)[number];

/** A key for this client alone, made on the spot and shown once. */
export function KeyCard({ target, client, value, onMade }: KeyCardProps) {
  const [life, setLife] = useState<Life>('90');
  const may = useMay('keys:create');
  const { data: me } = useMe();
  const make = api.useMutation('post', '/api/v1/api-keys', {
    onSuccess: ({ secret }) => onMade(secret),
  });
  const submit = (): void => {
    const name = target.slice(target.indexOf(':') + 1);
    const limits = limitsOf(target);
    make.mutate({
      body: {
        name: text.keyName(client, name),
        scopes: SCOPES.filter((scope) => me?.permissions.includes(scope)),
        ...(life === 'never'
          ? {}
          : { expires_at: new Date(Date.now() + Number(life) * DAY_MS).toISOString() }),
        ...(limits === undefined ? {} : { limited_to: limits }),
      },
    });
  };
  return (
    <Card>
      <Stack gap="sm">
        <Title order={3}>{text.keyTitle}</Title>
        {value === undefined ? (
          <>
            <Text size="sm">{text.keyWhy}</Text>
            {may ? (
              <Group gap="sm" align="flex-end">
                <Select
                  label={text.ends}
                  value={life}
                  onChange={(next) => setLife(LIVES.find((one) => one === next) ?? '90')}
                  data={LIVES.map((one) => ({ value: one, label: text.lives[one] }))}
                  allowDeselect={false}
                  w={180}
                />
                <Button
                  leftSection={<IconKey size={14} aria-hidden />}
                  onClick={submit}
                  loading={make.isPending}
                  data-testid="connect-make-key"
                >
                  {text.makeKey}
                </Button>
              </Group>
            ) : (
              <Alert color="gray">{text.mayNotKey}</Alert>
            )}
            {make.error !== null && <ProblemCard problem={make.error} />}
          </>
        ) : (
          <>
            <Text size="sm">{text.keyOnce}</Text>
            <CodeBlock code={value} label={text.key} testId="connect-key" />
          </>
        )}
      </Stack>
    </Card>
  );
}

function limitsOf(target: string): { instances?: string[]; endpoints?: string[] } | undefined {
  if (target.startsWith('instance:')) return { instances: [target.slice('instance:'.length)] };
  return target.startsWith('endpoint:') ? { endpoints: [target.slice('endpoint:'.length)] } : undefined;
}
