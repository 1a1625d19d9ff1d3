import { useNavigate, useRouter } from '@tanstack/react-router';
import { useCallback, useEffect } from 'react';
import { useMe, useSession } from '~/api/me';
import { queryClient } from '~/api/query-client';
import { onSessionEnded } from '~/api/session-events';
import { ProblemCard } from '~/components/problem-card';
import { Frame } from './frame';
import { ScreenSkeleton } from './screen-skeleton';

/** Shows the frame to who is signed in; everybody else goes to the sign-in page, which leads back here. */
export function SessionGate() {
  const leave = useLeave();
  const session = useSession();
  const signedIn = session.data?.signed_in;
  useEffect(() => onSessionEnded(leave), [leave]);
  useEffect(() => {
    if (signedIn === false) leave();
  }, [signedIn, leave]);
  if (signedIn === true) return <Inside />;
  if (session.error !== null)
    return <ProblemCard problem={session.error} onRetry={() => void session.refetch()} />;
  return <ScreenSkeleton />;
}

/** Who it is decides what is shown, so nothing is before that is known. */
function Inside() {
  const me = useMe();
  if (me.data !== undefined) return <Frame />;
  if (me.error !== null) return <ProblemCard problem={me.error} onRetry={() => void me.refetch()} />;
  return <ScreenSkeleton />;
}

function useLeave(): () => void {
  const navigate = useNavigate();
  const router = useRouter();
  return useCallback(() => {
    const { href, pathname } = router.state.location;
    // Several requests may learn it at once; the first has gone on already.
    if (pathname === '/welcome') return;
    queryClient.clear();
    void navigate({ to: '/welcome', search: href === '/' ? {} : { next: href } });
  }, [navigate, router]);
}
