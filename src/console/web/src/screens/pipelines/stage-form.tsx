import {
  Button,
  Card,
  Group,
  MultiSelect,
  NativeSelect,
  NumberInput,
  Stack,
  Switch,
  TextInput,
  Title,
} from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import {
  changed,
  closesCycle,
  type Draft,
  type DraftStage,
  type Fault,
  kindOf,
  KINDS,
  withKind,
  withoutStage,
  withParents,
} from './draft';
import { JsonInput } from './json-input';
import { RunnerForm } from './runner-form';
import { text } from './text';

const words = text.editor;
const TIMEOUT_MAX_S = 90 * 86_400;
const RETRIES_MAX = 20;
const DELAY_MAX_S = 3_600;

interface StageFormProps {
  readonly draft: Draft;
  readonly at: number;
  readonly faults: readonly Fault[];
  readonly onChange: (draft: Draft) => void;
  readonly onRemoved: () => void;
}

/** Everything that is said of one stage, also what the canvas draws. */
export function StageForm({ draft, at, faults, onChange, onRemoved }: StageFormProps) {
  const stage = draft.stages[at];
  if (stage === undefined) return null;
  const set = (members: Partial<DraftStage>): void => onChange(changed(draft, at, members));
  const faultAt = (member: string): string | undefined =>
    faults.find(({ pointer }) => pointer === `/stages/${at}/${member}`)?.detail;
  const kind = kindOf(stage);
  return (
    <Card component="section" aria-label={stage.name} data-testid="editor-stage">
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2}>{words.stage}</Title>
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconTrash size={12} />}
            onClick={() => {
              onRemoved();
              onChange(withoutStage(draft, at));
            }}
            data-testid="editor-remove"
          >
            {words.remove}
          </Button>
        </Group>
        <TextInput
          label={words.name}
          value={stage.name}
          error={faultAt('name')}
          onChange={(event) => set({ name: event.currentTarget.value })}
          data-testid="editor-stage-name"
        />
        <NativeSelect
          label={words.kind}
          value={kind}
          onChange={(event) => onChange(withKind(draft, at, event.currentTarget.value as never))}
          data={KINDS.map((value) => ({ value, label: words.kinds[value] }))}
          data-testid="editor-stage-kind"
        />
        <RunnerForm stage={stage} kind={kind} faultAt={faultAt} onChange={set} />
        <After draft={draft} at={at} onChange={onChange} />
        {kind === 'task' && (
          <JsonInput
            label={words.input}
            description={words.inputHint}
            value={stage.input}
            onChange={(input) => set({ input })}
            wrong={words.notAnObject}
            testId="editor-stage-input"
          />
        )}
        <TextInput
          label={words.when}
          description={words.whenHint}
          value={stage.when ?? ''}
          error={faultAt('when')}
          onChange={({ currentTarget: { value } }) => set({ when: value === '' ? undefined : value })}
        />
        <Patience stage={stage} faultAt={faultAt} set={set} />
        <NativeSelect
          label={words.onFailure}
          value={stage.on_failure ?? 'fail'}
          onChange={(event) => set({ on_failure: event.currentTarget.value as never })}
          data={Object.entries(words.failures).map(([value, label]) => ({ value, label }))}
        />
        <Switch
          label={words.required}
          checked={stage.required ?? true}
          onChange={(event) => set({ required: event.currentTarget.checked })}
        />
      </Stack>
    </Card>
  );
}

interface PatienceProps {
  readonly stage: DraftStage;
  readonly faultAt: (member: string) => string | undefined;
  readonly set: (members: Partial<DraftStage>) => void;
}

/** How long, and how often. */
function Patience({ stage, faultAt, set }: PatienceProps) {
  const { count = 0, delay = 0 } = stage.retry ?? {};
  return (
    <>
      <NumberInput
        label={words.timeout}
        value={stage.timeout ?? ''}
        min={1}
        max={TIMEOUT_MAX_S}
        allowDecimal={false}
        error={faultAt('timeout')}
        onChange={(value) => set({ timeout: typeof value === 'number' ? value : undefined })}
      />
      <Group grow align="flex-start">
        <NumberInput
          label={words.retries}
          value={count}
          min={0}
          max={RETRIES_MAX}
          allowDecimal={false}
          error={faultAt('retry/count')}
          onChange={(value) => set({ retry: { delay, count: Number(value) } })}
          data-testid="editor-stage-retries"
        />
        <NumberInput
          label={words.delay}
          value={delay}
          min={0}
          max={DELAY_MAX_S}
          allowDecimal={false}
          error={faultAt('retry/delay')}
          onChange={(value) => set({ retry: { count, delay: Number(value) } })}
        />
      </Group>
    </>
  );
}

interface AfterProps {
  readonly draft: Draft;
  readonly at: number;
  readonly onChange: (draft: Draft) => void;
}

/** The edges into a stage, for who does not draw; stages that would close a cycle are not offered. */
function After({ draft, at, onChange }: AfterProps) {
  const parents = draft.dependencies.filter(({ to }) => to === at).map(({ from }) => String(from));
  const offered = draft.stages.flatMap(({ name }, from) =>
    from === at || (!parents.includes(String(from)) && closesCycle(draft, { from, to: at }))
      ? []
      : [{ value: String(from), label: name === '' ? `#${from}` : name }],
  );
  return (
    <MultiSelect
      label={words.after}
      description={words.afterHint}
      data={offered}
      value={parents}
      searchable
      onChange={(values) => onChange(withParents(draft, at, values.map(Number)))}
      data-testid="editor-stage-after"
    />
  );
}
