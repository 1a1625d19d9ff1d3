import { Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { fieldError, toProblem } from '~/api/problem';
import { type components } from '~/api/schema.gen';
import { confirmDestructive, notifyDone, ProblemCard } from '~/components';
import { defaultsOf } from './defaults';
import { JsonInput } from './json-input';
import { text } from './text';

type Schedule = components['schemas']['ScheduleDto'];
type NewSchedule = components['schemas']['CreateScheduleDto'];
const words = text.schedules;

interface ScheduleFormProps {
  readonly pipeline: components['schemas']['PipelineDto'];
  readonly schedule: Schedule | undefined;
  readonly onClose: () => void;
}

const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

export function ScheduleForm({ pipeline, schedule, onClose }: ScheduleFormProps) {
  const [form, setForm] = useState<NewSchedule>(() => ({
    cron: schedule?.cron ?? '0 2 * * *',
    timezone: schedule?.timezone ?? ownZone(),
    overlap: schedule?.overlap ?? 'skip',
    missed: schedule?.missed ?? 'skip',
    input_data: schedule?.input_data ?? defaultsOf(pipeline.input_schema),
    parameters: schedule?.parameters ?? defaultsOf(pipeline.parameter_schema),
  }));
  const change = (members: Partial<NewSchedule>): void => setForm({ ...form, ...members });
  const done = {
    onSuccess: () => {
      notifyDone(words.saved);
      onClose();
    },
  };
  const create = api.useMutation('post', '/api/v1/pipelines/{id}/schedules', done);
  const update = api.useMutation('patch', '/api/v1/pipelines/{id}/schedules/{schedule}', done);
  const remove = api.useMutation('delete', '/api/v1/pipelines/{id}/schedules/{schedule}');
  const error = create.error ?? update.error;
  const problem = error === null ? undefined : toProblem(error);
  const save = (): void =>
    schedule === undefined
      ? create.mutate({ params: { path: { id: pipeline.id } }, body: form })
      : update.mutate({ params: { path: { id: pipeline.id, schedule: schedule.id } }, body: form });
  const askToDelete = (one: Schedule): void =>
    confirmDestructive({
      title: words.deleteTitle,
      lists: words.deleteLists,
      confirmLabel: words.delete,
      onConfirm: () =>
        remove.mutateAsync({ params: { path: { id: pipeline.id, schedule: one.id } } }).then(onClose),
    });
  return (
    <Modal opened onClose={onClose} title={schedule === undefined ? words.add : words.change} size="lg">
      <Stack gap="sm">
        <TextInput
          label={words.cron}
          description={words.cronHint}
          value={form.cron}
          error={fieldError(problem, '/cron')}
          onChange={(event) => change({ cron: event.currentTarget.value })}
          data-autofocus
          data-testid="schedule-cron"
        />
        <TextInput
          label={words.timezone}
          value={form.timezone ?? ''}
          error={fieldError(problem, '/timezone')}
          onChange={(event) => change({ timezone: event.currentTarget.value })}
          data-testid="schedule-timezone"
        />
        <Group grow align="flex-start">
          <NativeSelect
            label={words.overlap}
            value={form.overlap ?? 'skip'}
            onChange={(event) => change({ overlap: event.currentTarget.value as never })}
            data={Object.entries(words.overlaps).map(([value, label]) => ({ value, label }))}
          />
          <NativeSelect
            label={words.missed}
            value={form.missed ?? 'skip'}
            onChange={(event) => change({ missed: event.currentTarget.value as never })}
            data={Object.entries(words.misses).map(([value, label]) => ({ value, label }))}
          />
        </Group>
        <JsonInput
          label={words.input}
          value={form.input_data}
          onChange={(value) => change({ input_data: value ?? {} })}
          wrong={text.executing.notAnObject}
        />
        <JsonInput
          label={words.parameters}
          value={form.parameters}
          onChange={(value) => change({ parameters: value ?? {} })}
          wrong={text.executing.notAnObject}
        />
        {problem !== undefined && <ProblemCard problem={problem} />}
        <Group justify="space-between">
          {schedule === undefined ? (
            <span />
          ) : (
            <Button variant="default" onClick={() => askToDelete(schedule)} data-testid="schedule-delete">
              {words.delete}
            </Button>
          )}
          <Button loading={create.isPending || update.isPending} onClick={save} data-testid="schedule-save">
            {words.save}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
