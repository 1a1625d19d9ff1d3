import { useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useMe } from '~/api/me';
import { toProblem } from '~/api/problem';
import { queryClient } from '~/api/query-client';
import { onSessionEnded } from '~/api/session-events';
import { ProblemCard } from '~/components/problem-card';
import { Frame } from './frame';
import { ScreenSkeleton } from './screen-skeleton';

const UNAUTHENTICATED = 401;

/** Shows the frame to who is signed in; everybody else goes to the sign-in page, which leads back here. */
export function SessionGate() {
  const navigate = useNavigate();
  const back = useRouterState({ select: ({ location }) => location.href });
  const me = useMe();
  const outside = me.error !== null && toProblem(me.error).status === UNAUTHENTICATED;
  useEffect(
    () =>
      onSessionEnded(() => {
        queryClient.clear();
        void navigate({ to: '/welcome', search: { next: back } });
      }),
    [navigate, back],
  );
  if (me.data !== undefined) return <Frame />;
  if (me.error !== null && !outside)
    return <ProblemCard problem={me.error} onRetry={() => void me.refetch()} />;
  return <ScreenSkeleton />;
}
