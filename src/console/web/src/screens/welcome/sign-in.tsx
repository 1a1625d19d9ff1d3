import { Button, Divider, PasswordInput, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { type SyntheticEvent, useState } from 'react';
import { api } from '~/api/client';
import { addressOf } from '~/api/streams';
import { CodeBlock, PageHeader, ProblemCard } from '~/components';
import { BASE } from '~/security';
import { Outside } from './outside';
import { text } from './text';
import { typedIn } from './typed-in';

const words = text.signIn;
const NAMES_FRESH_MS = 60_000;

type Way = 'password' | 'key';

interface SignInProps {
  /** Where to go on, as a path of the console. */
  readonly next: string;
  readonly onSignedIn: () => void;
}

/** One answer for whatever is wrong: the difference would tell strangers which names exist. */
export function SignIn({ next, onSignedIn }: SignInProps) {
  const [way, setWay] = useState<Way>('password');
  const signIn = api.useMutation('post', '/api/v1/auth/session', { onSuccess: onSignedIn });
  const submit = (event: SyntheticEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const typed = typedIn(event.currentTarget);
    signIn.mutate({
      body:
        way === 'key'
          ? { api_key: typed('key').trim() }
          : { username: typed('username').trim().toLowerCase(), password: typed('password') },
    });
  };
  return (
    <Outside>
      <PageHeader title={words.title} description={words.lead} />
      <Stack gap="md">
        <SegmentedControl
          fullWidth
          value={way}
          onChange={(value) => {
            signIn.reset();
            setWay(value === 'key' ? 'key' : 'password');
          }}
          data={[
            { value: 'password', label: words.ways.password },
            { value: 'key', label: words.ways.key },
          ]}
          aria-label={words.ways.label}
          data-testid="sign-in-way"
        />
        <form onSubmit={submit} data-testid="sign-in-form">
          <Stack gap="sm">
            {way === 'key' ? <KeyField /> : <PasswordFields />}
            {signIn.error !== null && <ProblemCard problem={signIn.error} />}
            <Button type="submit" loading={signIn.isPending} data-testid="sign-in-submit">
              {words.submit}
            </Button>
          </Stack>
        </form>
        <Elsewhere next={next} />
        <Text size="xs" c="dimmed">
          {words.firstTime} {words.firstTimeHow}
        </Text>
        <CodeBlock code={words.command} label={words.command} />
      </Stack>
    </Outside>
  );
}

const PasswordFields = () => (
  <>
    <TextInput
      name="username"
      label={words.username}
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      required
      withAsterisk={false}
      data-testid="sign-in-username"
    />
    <PasswordInput
      name="password"
      label={words.password}
      autoComplete="current-password"
      required
      withAsterisk={false}
      data-testid="sign-in-password"
    />
  </>
);

const KeyField = () => (
  <PasswordInput
    name="key"
    label={words.key}
    description={words.keyHelp}
    autoComplete="off"
    required
    withAsterisk={false}
    data-testid="sign-in-key"
  />
);

/** Other places where people can prove who they are. */
function Elsewhere({ next }: { readonly next: string }) {
  const { data } = api.useQuery('get', '/api/v1/auth/oidc', {}, { staleTime: NAMES_FRESH_MS });
  const issuers = data?.issuers ?? [];
  if (issuers.length === 0) return null;
  const back = encodeURIComponent(`${BASE}/console${next}`);
  return (
    <Stack gap="xs">
      <Divider label={words.or} />
      {issuers.map(({ name, start_url: start }) => (
        <Button
          key={name}
          component="a"
          variant="default"
          href={`${addressOf(start)}?return_to=${back}`}
          data-testid={`sign-in-at-${name}`}
        >
          {words.elsewhere(name)}
        </Button>
      ))}
    </Stack>
  );
}
