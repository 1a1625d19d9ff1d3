import { Button, Group, Modal, NativeSelect, Stack, Textarea } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '~/api/client';
import { fieldError, toProblem } from '~/api/problem';
import { ProblemCard } from '~/components';
import { objectIn, type Run } from './run';
import { text } from './text';

interface RerunFormProps {
  readonly run: Run;
  /** The stage to begin with; undefined: all of it. */
  readonly from: number | undefined;
  readonly onClose: () => void;
}

const written = (value: unknown): string => JSON.stringify(value ?? {}, null, 2);

/** Another run of the same version, with what this one was given or something else. */
export function RerunForm({ run, from, onClose }: RerunFormProps) {
  const [begin, setBegin] = useState(from === undefined ? '' : String(from));
  const [input, setInput] = useState(written(run.input));
  const [parameters, setParameters] = useState(written(run.parameters));
  const navigate = useNavigate();
  const rerun = api.useMutation('post', '/api/v1/runs/{id}/rerun', {
    onSuccess: ({ run_id: id }) => {
      onClose();
      void navigate({ to: '/runs/$id', params: { id } });
    },
  });
  const given = { input: objectIn(input), parameters: objectIn(parameters) };
  const problem = rerun.error === null ? undefined : toProblem(rerun.error);
  const start = (): void => {
    if (given.input === undefined || given.parameters === undefined) return;
    rerun.mutate({
      params: { path: { id: run.run_id } },
      body: {
        ...(begin === '' ? {} : { from_stage: begin }),
        ...(same(given.input, run.input) ? {} : { input: given.input }),
        ...(same(given.parameters, run.parameters) ? {} : { parameters: given.parameters }),
      },
    });
  };
  return (
    <Modal opened onClose={onClose} title={text.editTitle} size="lg">
      <Stack
        gap="sm"
        onKeyDown={(event) => (event.ctrlKey || event.metaKey) && event.key === 'Enter' && start()}
      >
        <NativeSelect
          label={text.begin}
          description={text.kept}
          value={begin}
          onChange={(event) => setBegin(event.currentTarget.value)}
          data={[
            { value: '', label: text.beginAll },
            ...run.stages
              .filter(({ compensates }) => compensates === null)
              .map(({ stage, name }) => ({ value: String(stage), label: `${stage + 1}. ${name}` })),
          ]}
          data-testid="run-rerun-from"
        />
        <Json
          label={text.input}
          value={input}
          onChange={setInput}
          isObject={given.input !== undefined}
          error={fieldError(problem, '/input')}
          testId="run-rerun-input"
        />
        <Json
          label={text.parameters}
          value={parameters}
          onChange={setParameters}
          isObject={given.parameters !== undefined}
          error={fieldError(problem, '/parameters')}
          testId="run-rerun-parameters"
        />
        {problem !== undefined && <ProblemCard problem={problem} />}
        <Group justify="flex-end">
          <Button loading={rerun.isPending} onClick={start} data-testid="run-rerun-start">
            {text.start}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

interface JsonProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isObject: boolean;
  readonly error: string | undefined;
  readonly testId: string;
}

const Json = ({ label, value, onChange, isObject, error, testId }: JsonProps) => (
  <Textarea
    label={label}
    value={value}
    onChange={(event) => onChange(event.currentTarget.value)}
    error={isObject ? error : text.notAnObject}
    autosize
    minRows={4}
    maxRows={14}
    spellCheck={false}
    styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
    data-testid={testId}
  />
);
