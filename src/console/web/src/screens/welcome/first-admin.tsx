import { Anchor, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { type SyntheticEvent, useState } from 'react';
import { rest } from '~/api/client';
import { fieldError, toProblem } from '~/api/problem';
import { PageHeader, ProblemCard } from '~/components';
import { Outside } from './outside';
import { typedIn } from './typed-in';
import { text } from './text';

const words = text.first;
const PASSWORD_MIN = 12;

interface FirstAdminProps {
  readonly token: string;
  readonly onSignedIn: () => void;
  readonly onGiveUp: () => void;
}

interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Throws what was answered. */
async function create(token: string, credentials: Credentials): Promise<void> {
  const made = await rest.POST('/api/v1/auth/first-admin', { body: { token, ...credentials } });
  if (made.error !== undefined) throw made.error;
}

async function signIn(credentials: Credentials): Promise<void> {
  const { error } = await rest.POST('/api/v1/auth/session', { body: credentials });
  if (error !== undefined) throw error;
}

/** Behind the link that the server prints when it has no users. */
export function FirstAdmin({ token, onSignedIn, onGiveUp }: FirstAdminProps) {
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const submit = async (event: SyntheticEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const typed = typedIn(event.currentTarget);
    const credentials = { username: typed('username').trim().toLowerCase(), password: typed('password') };
    setBusy(true);
    setFailure(undefined);
    try {
      // The link is used up by then: after a sign-in that failed only that is tried again.
      if (!made) await create(token, credentials);
      setMade(true);
      await signIn(credentials);
      onSignedIn();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };
  const problem = failure === undefined ? undefined : toProblem(failure);
  return (
    <Outside>
      <PageHeader title={words.title} description={words.lead} />
      <form onSubmit={(event) => void submit(event)} data-testid="first-admin-form">
        <Stack gap="sm">
          <TextInput
            name="username"
            label={words.username}
            description={words.usernameHelp}
            error={fieldError(problem, '/username')}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            withAsterisk={false}
            maxLength={63}
            data-testid="first-admin-username"
          />
          <PasswordInput
            name="password"
            label={words.password}
            description={words.passwordHelp}
            error={fieldError(problem, '/password')}
            autoComplete="new-password"
            required
            withAsterisk={false}
            minLength={PASSWORD_MIN}
            data-testid="first-admin-password"
          />
          {problem !== undefined && <ProblemCard problem={problem} />}
          <Button type="submit" loading={busy} data-testid="first-admin-submit">
            {words.submit}
          </Button>
          <Anchor
            component="button"
            type="button"
            size="xs"
            onClick={onGiveUp}
            data-testid="first-admin-instead"
          >
            {words.instead}
          </Anchor>
        </Stack>
      </form>
    </Outside>
  );
}
