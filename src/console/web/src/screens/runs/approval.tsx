import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { IconHandStop } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '~/api/client';
import { useMay } from '~/api/me';
import { notifyDone, notifyProblem } from '~/components';
import { type Run, type Stage } from './run';
import { text } from './text';

const words = text.approval;
const COMMENT_MAX = 2_000;

interface ApprovalProps {
  readonly run: Run;
  readonly stage: Stage;
  readonly onDecided: () => void;
}

/** The decision that a run waits for. */
export function Approval({ run, stage, onDecided }: ApprovalProps) {
  const [comment, setComment] = useState('');
  const may = useMay('pipelines:approve');
  const done = {
    onSuccess: () => {
      notifyDone(words.done);
      onDecided();
    },
    onError: (error: unknown) => {
      notifyProblem(error);
      onDecided();
    },
  };
  const approve = api.useMutation('post', '/api/v1/runs/{id}/stages/{stage}/approve', done);
  const reject = api.useMutation('post', '/api/v1/runs/{id}/stages/{stage}/reject', done);
  const request = {
    params: { path: { id: run.run_id, stage: String(stage.stage) } },
    body: comment === '' ? {} : { comment },
  };
  const message = messageOf(stage.input);
  return (
    <Alert color="violet" icon={<IconHandStop size={18} />} title={words.title} data-testid="run-approval">
      <Stack gap="xs">
        {message !== undefined && <Text style={{ whiteSpace: 'pre-wrap' }}>{message}</Text>}
        <Text size="xs" c="dimmed">
          {stage.approvers.length === 0 ? words.whoever : words.named(stage.approvers.join(', '))}
        </Text>
        {may ? (
          <>
            <Textarea
              label={words.comment}
              value={comment}
              maxLength={COMMENT_MAX}
              autosize
              onChange={(event) => setComment(event.currentTarget.value)}
              data-testid="run-approval-comment"
            />
            <Group gap="xs">
              <Button
                loading={approve.isPending}
                onClick={() => approve.mutate(request)}
                data-testid="run-approve"
              >
                {words.approve}
              </Button>
              <Button
                variant="default"
                loading={reject.isPending}
                onClick={() => reject.mutate(request)}
                data-testid="run-reject"
              >
                {words.reject}
              </Button>
            </Group>
          </>
        ) : (
          <Text size="sm">{words.notYours}</Text>
        )}
      </Stack>
    </Alert>
  );
}

function messageOf(input: unknown): string | undefined {
  if (typeof input === 'string') return input;
  const message: unknown =
    typeof input === 'object' && input !== null ? (input as Record<string, unknown>)['message'] : undefined;
  return typeof message === 'string' ? message : undefined;
}
