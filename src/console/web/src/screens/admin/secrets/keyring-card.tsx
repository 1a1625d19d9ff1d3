import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { api, rest } from '~/api/client';
import { useMay } from '~/api/me';
import { Mark, Mono, notifyProblem } from '~/components';
import { act } from '../act';
import { text } from '../text';

const words = text.secrets;

/** Which master keys there are, and how many secrets each still holds. */
export function KeyringCard() {
  const isAllowed = useMay('secrets:rotate');
  const { data } = api.useQuery('get', '/api/v1/secrets/keyring', {}, { enabled: isAllowed });
  if (!isAllowed || data === undefined) return null;
  const rotate = (): void => {
    act(rest.POST('/api/v1/secrets/rotate-key'), words.rewrapped).catch((error: unknown) =>
      notifyProblem(error),
    );
  };
  return (
    <Paper withBorder p="md" data-testid="keyring">
      <Group justify="space-between" align="flex-start" mb="sm">
        <div>
          <Title order={2}>{words.keyring}</Title>
          <Text size="sm" c="dimmed">
            {words.keyringAbout}
          </Text>
        </div>
        {data.keys.length > 1 && (
          <Button variant="default" onClick={rotate} data-testid="keyring-rotate">
            {words.rewrap}
          </Button>
        )}
      </Group>
      <Stack gap={6}>
        {data.keys.map(({ kid, primary, present, versions }) => (
          <Group key={kid} gap="sm">
            <Mono>{kid}</Mono>
            {primary && <Mark tone="good">{words.primary}</Mark>}
            <Text size="sm" c="dimmed">
              {present ? words.present : words.absent} · {words.versions(versions)}
            </Text>
          </Group>
        ))}
      </Stack>
    </Paper>
  );
}
