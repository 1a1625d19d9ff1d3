import { Button, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { type SyntheticEvent, useState } from 'react';
import { rest } from '~/api/client';
import { fieldError, toProblem } from '~/api/problem';
import { notifyDone, ProblemCard } from '~/components';
import { text } from './text';

const EMPTY = { current: '', next: '' };

export function PasswordCard({ hasPassword }: { readonly hasPassword: boolean }) {
  const [typed, setTyped] = useState(EMPTY);
  const [state, setState] = useState<{ readonly busy: boolean; readonly error?: unknown }>({ busy: false });
  const problem = state.error === undefined ? undefined : toProblem(state.error);
  const change = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    setState({ busy: true });
    const body = { current_password: typed.current, new_password: typed.next };
    const { error } = await rest.PUT('/api/v1/me/password', { body });
    setState(error === undefined ? { busy: false } : { busy: false, error });
    if (error !== undefined) return;
    setTyped(EMPTY);
    notifyDone(text.changed);
  };
  return (
    <Paper withBorder p="md" maw={480}>
      <Title order={2}>{text.password}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {hasPassword ? text.passwordAbout : text.passwordElsewhere}
      </Text>
      {hasPassword && (
        <form onSubmit={(event) => void change(event)} data-testid="me-password">
          <Stack gap="sm">
            <PasswordInput
              label={text.current}
              value={typed.current}
              onChange={(event) => setTyped({ ...typed, current: event.currentTarget.value })}
              error={fieldError(problem, '/current_password')}
              autoComplete="current-password"
              data-testid="me-current-password"
            />
            <PasswordInput
              label={text.next}
              description={text.nextAbout}
              value={typed.next}
              onChange={(event) => setTyped({ ...typed, next: event.currentTarget.value })}
              error={fieldError(problem, '/new_password')}
              autoComplete="new-password"
              data-testid="me-new-password"
            />
            {problem !== undefined && <ProblemCard problem={problem} />}
            <Button
              type="submit"
              loading={state.busy}
              disabled={typed.current === '' || typed.next === ''}
              data-testid="me-change-password"
            >
              {text.change}
            </Button>
          </Stack>
        </form>
      )}
    </Paper>
  );
}
