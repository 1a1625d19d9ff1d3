import { NativeSelect, Stack, Title } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { type components } from '~/api/schema.gen';
import { EmptyState, ProblemCard, RelativeTime, ResourceTable } from '~/components';
import { DiffView } from '~/components/lazy/diff-view';
import { draftOf } from './draft';
import { text } from './text';

type Pipeline = components['schemas']['PipelineDto'];
const words = text.versions;
const SHOWN_MAX = 200;

/** Versions never change; two of them show side by side what was changed. */
export function Versions({ pipeline }: { readonly pipeline: Pipeline }) {
  const query = api.useQuery('get', '/api/v1/pipelines/{id}/versions', {
    params: { path: { id: pipeline.id }, query: { limit: SHOWN_MAX } },
  });
  const [against, setAgainst] = useState(Math.max(1, pipeline.version - 1));
  const rows = query.data?.versions ?? [];
  return (
    <Stack gap="md">
      <ResourceTable
        label={words.label}
        testId="versions-table"
        columns={[
          { id: 'version', header: text.version, width: 90, cell: ({ version }) => version },
          { id: 'name', header: text.name, cell: ({ name }) => name },
          { id: 'stages', header: text.stages, hideBelow: 'sm', cell: ({ stage_count: count }) => count },
          {
            id: 'made',
            header: words.made,
            cell: ({ created_at: at, created_by: who }) => (
              <>
                <RelativeTime at={at} /> {words.by} {who}
              </>
            ),
          },
        ]}
        rows={rows}
        rowId={({ version }) => String(version)}
        query={query}
        empty={<EmptyState {...words.none} />}
      />
      {rows.length > 1 && (
        <>
          <Title order={2}>{words.compare}</Title>
          <NativeSelect
            aria-label={words.compare}
            w={280}
            value={String(against)}
            onChange={(event) => setAgainst(Number(event.currentTarget.value))}
            data={rows
              .filter(({ version }) => version !== pipeline.version)
              .map(({ version }) => ({
                value: String(version),
                label: words.against(version, pipeline.version),
              }))}
            data-testid="versions-against"
          />
          <Change pipeline={pipeline} against={against} />
        </>
      )}
    </Stack>
  );
}

function Change({ pipeline, against }: { readonly pipeline: Pipeline; readonly against: number }) {
  const { data, error } = api.useQuery('get', '/api/v1/pipelines/{id}/versions/{version}', {
    params: { path: { id: pipeline.id, version: against } },
  });
  if (error !== null) return <ProblemCard problem={error} />;
  if (data === undefined) return null;
  return (
    <DiffView
      before={JSON.stringify(draftOf(data), null, 2)}
      after={JSON.stringify(draftOf(pipeline), null, 2)}
      label={words.against(against, pipeline.version)}
    />
  );
}
