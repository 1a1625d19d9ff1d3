import { Anchor, Button, Group, Stack, Switch, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '~/api/client';
import { useMay } from '~/api/me';
import { type components } from '~/api/schema.gen';
import {
  type Column,
  EmptyState,
  Mono,
  notifyProblem,
  Reason,
  RelativeTime,
  ResourceTable,
} from '~/components';
import { ScheduleForm } from './schedule-form';
import { text } from './text';

type Pipeline = components['schemas']['PipelineDto'];
type Schedule = components['schemas']['ScheduleDto'];
const words = text.schedules;

/** When a pipeline runs by itself, and what became of the last slots. */
export function Schedules({ pipeline }: { readonly pipeline: Pipeline }) {
  const may = useMay('pipelines:execute');
  const [edited, setEdited] = useState<Schedule | 'new'>();
  const query = api.useQuery(
    'get',
    '/api/v1/pipelines/{id}/schedules',
    { params: { path: { id: pipeline.id } } },
    { refetchInterval: 30_000 },
  );
  const add = may && (
    <Button leftSection={<IconPlus size={14} />} onClick={() => setEdited('new')} data-testid="schedules-add">
      {words.add}
    </Button>
  );
  const rows = query.data?.schedules ?? [];
  return (
    <Stack gap="sm">
      {rows.length > 0 && <Group justify="flex-end">{add}</Group>}
      <ResourceTable
        label={words.label}
        testId="schedules-table"
        columns={columnsOf(pipeline, may, setEdited, () => void query.refetch())}
        rows={rows}
        rowId={({ id }) => id}
        query={query}
        empty={<EmptyState {...words.none} action={add} />}
      />
      {edited !== undefined && (
        <ScheduleForm
          pipeline={pipeline}
          schedule={edited === 'new' ? undefined : edited}
          onClose={() => {
            setEdited(undefined);
            void query.refetch();
          }}
        />
      )}
    </Stack>
  );
}

function columnsOf(
  pipeline: Pipeline,
  may: boolean,
  onEdit: (schedule: Schedule) => void,
  onChanged: () => void,
): readonly Column<Schedule>[] {
  return [
    {
      id: 'on',
      header: words.on,
      width: 60,
      cell: (schedule) => <OnOff {...{ pipeline, schedule, may, onChanged }} />,
    },
    {
      id: 'when',
      header: words.when,
      cell: ({ cron, timezone }) => (
        <>
          <Mono>{cron}</Mono>
          <Reason text={timezone} />
        </>
      ),
    },
    {
      id: 'next',
      header: words.next,
      cell: ({ next_slots: [next] }) =>
        next === undefined ? (
          <Text size="sm" c="dimmed">
            {words.off}
          </Text>
        ) : (
          <RelativeTime at={next} />
        ),
    },
    { id: 'last', header: words.last, cell: ({ slots: [slot] }) => slot && <Slot slot={slot} /> },
    { id: 'as', header: words.as, hideBelow: 'md', cell: ({ created_by: who }) => who },
    {
      id: 'edit',
      header: '',
      align: 'right',
      cell: (schedule) =>
        may && (
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => onEdit(schedule)}
            data-testid="schedules-change"
          >
            {words.actions}
          </Button>
        ),
    },
  ];
}

function Slot({ slot }: { readonly slot: Schedule['slots'][number] }) {
  const message = slot.error?.message;
  return (
    <>
      {slot.run_id === null ? (
        <span>{slot.outcome}</span>
      ) : (
        <Anchor component={Link} to={`/runs/${slot.run_id}`} size="sm">
          {slot.outcome}
        </Anchor>
      )}{' '}
      <Text span size="xs" c="dimmed">
        <RelativeTime at={slot.slot} />
      </Text>
      <Reason text={message} />
    </>
  );
}

interface OnOffProps {
  readonly pipeline: Pipeline;
  readonly schedule: Schedule;
  readonly may: boolean;
  readonly onChanged: () => void;
}

function OnOff({ pipeline, schedule, may, onChanged }: OnOffProps) {
  const change = api.useMutation('patch', '/api/v1/pipelines/{id}/schedules/{schedule}', {
    onError: (error) => notifyProblem(error),
    onSettled: onChanged,
  });
  const { id, enabled = true } = schedule;
  return (
    <Switch
      size="xs"
      checked={change.isPending ? change.variables.body.enabled === true : enabled}
      disabled={!may}
      aria-label={words.switchOf(schedule.cron)}
      onChange={(event) =>
        change.mutate({
          params: { path: { id: pipeline.id, schedule: id } },
          body: { enabled: event.currentTarget.checked },
        })
      }
      data-testid="schedules-switch"
    />
  );
}
