import { useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '~/api/client';
import { queryClient } from '~/api/query-client';
import { ProblemCard } from '~/components';
import { BASE } from '~/security';
import { ScreenSkeleton } from '~/shell/screen-skeleton';
import { FirstAdmin } from './first-admin';
import { GettingStarted } from './getting-started';
import { Outside } from './outside';
import { validateWelcomeSearch } from './search';
import { SignIn } from './sign-in';
import { LINK_TOKEN } from './take-token';

/** The first page of everybody: with a one-time link, without a session, and right after getting one. */
export default function WelcomePage() {
  // The router keeps what the validation left out.
  const { next } = validateWelcomeSearch({ ...useSearch({ from: '/welcome' }) });
  const router = useRouter();
  const [token, setToken] = useState(LINK_TOKEN);
  const session = api.useQuery('get', '/api/v1/auth/session');
  const enter = (): void => {
    setToken(undefined);
    // What was kept of somebody else, or of nobody, is not theirs.
    queryClient.clear();
    if (token === undefined) router.history.push(`${BASE}/console${next ?? '/'}`);
    else void session.refetch();
  };
  if (token !== undefined)
    return <FirstAdmin token={token} onSignedIn={enter} onGiveUp={() => setToken(undefined)} />;
  if (session.error !== null)
    return (
      <Outside>
        <ProblemCard problem={session.error} onRetry={() => void session.refetch()} />
      </Outside>
    );
  if (session.data === undefined) return <ScreenSkeleton />;
  return session.data.signed_in ? <GettingStarted /> : <SignIn next={next ?? '/'} onSignedIn={enter} />;
}
