import { Skeleton, Stack } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { api } from '~/api/client';
import { PageHeader, ProblemCard } from '~/components';
import { useTopic } from '~/live/live';
import { Activity } from './activity';
import { Attention } from './attention';
import { CountCards } from './counts';
import { FirstSteps } from './first-steps';
import { Latest } from './latest';
import { text } from './text';

const REFRESH_MS = 30_000;
/** Frames come by the thousand; counts are asked for once in this time, however many there were. */
const GATHER_MS = 1_500;

/** How everything is, and what needs somebody. */
export default function OverviewPage() {
  const query = api.useQuery('get', '/api/v1/overview', {}, { refetchInterval: REFRESH_MS, staleTime: 0 });
  useChanges(() => void query.refetch());
  const { data, error, refetch } = query;
  const isEmpty =
    data?.counts.instances !== null && Object.keys(data?.counts.instances ?? { any: 1 }).length === 0;
  return (
    <>
      <PageHeader title={text.title} />
      <Stack gap="md">
        {error !== null && data === undefined && (
          <ProblemCard problem={error} onRetry={() => void refetch()} />
        )}
        {error === null && data === undefined && <Skeleton height={96} />}
        {isEmpty && <FirstSteps />}
        {data !== undefined && <CountCards counts={data.counts} />}
        {data !== undefined && <Attention overview={data} />}
        {/* Asked for at once, but shown with what stands above, which would push them down. */}
        <Stack gap="md" {...(data === undefined && error === null ? { display: 'none' } : {})}>
          <Activity />
          <Latest />
        </Stack>
      </Stack>
    </>
  );
}

function useChanges(look: () => void): void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const soon = (): void => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      look();
    }, GATHER_MS);
  };
  useTopic('instances', soon);
  useTopic('agents', soon);
  useTopic('tasks', soon);
  useTopic('pipelines', soon);
  useEffect(() => () => clearTimeout(timer.current), []);
}
