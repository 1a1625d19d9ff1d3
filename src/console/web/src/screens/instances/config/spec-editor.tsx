import { Alert, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { useMay } from '~/api/me';
import { followOperation, ProblemCard } from '~/components';
import { CodeEditor } from '~/components/lazy/code-editor';
import { DiffView } from '~/components/lazy/diff-view';
import { text } from '../detail-text';
import { type PanelProps } from '../detail/panel';
import { mergePatchOf, parseSpec, specText } from './merge-patch';

const words = text.config;

/** Read at first; edited as text; and the change is looked at before it is applied. */
export function SpecEditor({ instance }: PanelProps) {
  const may = useMay('instances:update');
  const stored = specText(instance.json_spec);
  const [draft, setDraft] = useState<string>();
  return (
    <Card>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2}>{words.spec}</Title>
          {may && draft === undefined && (
            <Button
              variant="default"
              size="xs"
              onClick={() => setDraft(stored)}
              data-testid="instance-config-edit"
            >
              {words.edit}
            </Button>
          )}
        </Group>
        {draft === undefined ? (
          <CodeEditor value={stored} language="json" label={words.spec} readOnly testId="instance-config" />
        ) : (
          <Edited instance={instance} draft={draft} onDraft={setDraft} onEnd={() => setDraft(undefined)} />
        )}
      </Stack>
    </Card>
  );
}

interface EditedProps extends PanelProps {
  readonly draft: string;
  readonly onDraft: (draft: string) => void;
  readonly onEnd: () => void;
}

function Edited({ instance, draft, onDraft, onEnd }: EditedProps) {
  const [isReviewed, setReviewed] = useState(false);
  const parsed = parseSpec(draft);
  if (isReviewed && 'value' in parsed) {
    return <Review instance={instance} next={parsed.value} onBack={() => setReviewed(false)} onEnd={onEnd} />;
  }
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {words.schemaNote}
      </Text>
      <CodeEditor
        value={draft}
        onChange={onDraft}
        language="json"
        label={words.spec}
        testId="instance-config-editor"
      />
      {'fault' in parsed && (
        <Alert color="yellow" title={words.notJson}>
          {parsed.fault}
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onEnd}>
          {words.cancel}
        </Button>
        <Button
          disabled={'fault' in parsed}
          onClick={() => setReviewed(true)}
          data-testid="instance-config-review"
        >
          {words.review}
        </Button>
      </Group>
    </Stack>
  );
}

interface ReviewProps extends PanelProps {
  readonly next: object;
  readonly onBack: () => void;
  readonly onEnd: () => void;
}

function Review({ instance, next, onBack, onEnd }: ReviewProps) {
  const update = api.useMutation('patch', '/api/v1/mcp/instances/{id}');
  const patch = mergePatchOf(instance.json_spec, next);
  const isSame = Object.keys(patch).length === 0;
  const apply = (): void =>
    update.mutate(
      { params: { path: { id: instance.id } }, body: { json_spec: patch as never } },
      {
        onSuccess: ({ operation_id: operation }) => {
          onEnd();
          if (operation !== undefined) followOperation(operation, applying(instance.name));
        },
      },
    );
  return (
    <Stack gap="sm">
      <Text fw={500}>{isSame ? words.same : words.change}</Text>
      {!isSame && (
        <DiffView
          before={specText(instance.json_spec)}
          after={specText(next)}
          label={words.change}
          testId="instance-config-diff"
        />
      )}
      {update.error !== null && <ProblemCard problem={update.error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onBack}>
          {words.back}
        </Button>
        <Button
          disabled={isSame}
          loading={update.isPending}
          onClick={apply}
          data-testid="instance-config-apply"
        >
          {words.apply}
        </Button>
      </Group>
    </Stack>
  );
}

const applying = (name: string) => ({
  busy: `${words.applying} ${name}`,
  done: `${name} ${words.applied}`,
  failed: `${name} ${words.notApplied}`,
});
