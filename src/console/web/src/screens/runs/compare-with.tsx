import { Anchor, Modal, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import { Mono, ProblemCard, RelativeTime, StatusBadge } from '~/components';
import { type Run, shortId } from './run';
import { text } from './text';

const OFFERED_MAX = 20;

/** The newest runs of the same pipeline, to pick one to compare with. */
export function CompareWith({ run, onClose }: { readonly run: Run; readonly onClose: () => void }) {
  const { data, error, isPending } = api.useQuery('get', '/api/v1/pipelines/{id}/runs', {
    params: { path: { id: run.pipeline_id }, query: { limit: OFFERED_MAX } },
  });
  const others = data?.runs.filter(({ run_id: id }) => id !== run.run_id) ?? [];
  return (
    <Modal opened onClose={onClose} title={text.compareWith}>
      {error !== null && <ProblemCard problem={error} />}
      {!isPending && error === null && others.length === 0 && <Text>{text.noOther}</Text>}
      <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {others.map(({ run_id: id, status, created_at: at }) => (
          <li key={id}>
            <Anchor
              component={Link}
              to={`/runs/${run.run_id}/compare/${id}`}
              onClick={onClose}
              data-testid="run-compare-other"
            >
              <Mono>{shortId(id)}</Mono>
            </Anchor>{' '}
            <StatusBadge family="work" status={status} />{' '}
            <Text span size="xs" c="dimmed">
              <RelativeTime at={at} />
            </Text>
          </li>
        ))}
      </Stack>
    </Modal>
  );
}
