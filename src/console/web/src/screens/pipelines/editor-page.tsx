import { Alert, Button, Grid, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api, rest } from '~/api/client';
import { toProblem } from '~/api/problem';
import { Mono, notifyDone, PageHeader, ProblemCard } from '~/components';
import { CodeEditor } from '~/components/lazy/code-editor';
import { ScreenSkeleton } from '~/shell/screen-skeleton';
import { Canvas } from './canvas';
import { type Draft, draftIn, draftOf, EMPTY, type Fault, withStage } from './draft';
import { type LoadedPipeline, loadPipeline } from './loaded-pipeline';
import { PipelineForm } from './pipeline-form';
import { StageForm } from './stage-form';
import { text } from './text';
import { type Checked, useCheck } from './use-check';

const words = text.editor;
const STALE = 412;

/** For a new pipeline, empty or from a template, and for the next version of one that there is. */
export default function EditorPage() {
  const { id } = useParams({ strict: false });
  const { template } = useSearch({ strict: false });
  const loaded = useQuery({
    queryKey: ['pipeline', 'edited', id],
    queryFn: () => loadPipeline(id ?? ''),
    enabled: id !== undefined,
    // What is edited is not changed under the hands of whoever edits it.
    staleTime: Infinity,
    gcTime: 0,
  });
  const templates = api.useQuery(
    'get',
    '/api/v1/pipelines/templates',
    {},
    { enabled: template !== undefined },
  );
  const error = loaded.error ?? templates.error;
  if (error !== null)
    return (
      <>
        <PageHeader title={words.newTitle} crumbs={[{ label: text.title, to: '/pipelines' }]} />
        <ProblemCard problem={error} />
      </>
    );
  const isWaiting = (id !== undefined && loaded.isPending) || (template !== undefined && templates.isPending);
  if (isWaiting) return <ScreenSkeleton />;
  const ready = template === undefined ? undefined : templates.data?.templates[template]?.pipeline;
  const begin = loaded.data === undefined ? ready : loaded.data.pipeline;
  return <Editor loaded={loaded.data} begin={begin === undefined ? EMPTY : draftOf(begin)} />;
}

interface EditorProps {
  readonly loaded: LoadedPipeline | undefined;
  readonly begin: Draft;
}

function Editor({ loaded, begin }: EditorProps) {
  const [draft, setDraft] = useState(begin);
  const [view, setView] = useState('canvas');
  const [selected, setSelected] = useState<number>();
  const checked = useCheck(draft, loaded?.pipeline.id);
  const title = loaded === undefined ? words.newTitle : words.title(loaded.pipeline.name);
  const save = useSave(loaded);
  const add = (): void => {
    const { draft: next, at } = withStage(draft, selected);
    setDraft(next);
    setSelected(at);
  };
  const stage = selected === undefined ? undefined : draft.stages[selected];
  return (
    <>
      <PageHeader
        title={title}
        crumbs={[
          { label: text.title, to: '/pipelines' },
          ...(loaded === undefined
            ? []
            : [{ label: loaded.pipeline.name, to: `/pipelines/${loaded.pipeline.id}` }]),
          { label: title },
        ]}
        actions={
          <Button
            disabled={checked.isChecking || checked.faults.length > 0}
            loading={save.isSaving}
            onClick={() => void save.save(draft)}
            data-testid="editor-save"
          >
            {words.save}
          </Button>
        }
      />
      <Stack gap="md">
        {save.problem !== undefined && <Refused problem={save.problem} />}
        <Group justify="space-between">
          <SegmentedControl
            size="xs"
            value={view}
            onChange={setView}
            aria-label={words.view}
            data={[
              { value: 'canvas', label: words.canvas },
              { value: 'json', label: words.json },
            ]}
            data-testid="editor-view"
          />
          {view === 'canvas' && (
            <Button
              variant="default"
              size="xs"
              leftSection={<IconPlus size={14} />}
              onClick={add}
              data-testid="editor-add"
            >
              {words.addStage}
            </Button>
          )}
        </Group>
        <Findings checked={checked} />
        {view === 'json' ? (
          <JsonEditor draft={draft} onChange={setDraft} />
        ) : (
          <Grid gap="md">
            <Grid.Col span={12}>
              <Canvas
                draft={draft}
                faults={checked.faults}
                selected={selected}
                onSelect={setSelected}
                onChange={setDraft}
              />
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 7 }} order={{ base: 2, md: 1 }}>
              <PipelineForm draft={draft} faults={checked.faults} onChange={setDraft} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 5 }} order={{ base: 1, md: 2 }}>
              {selected === undefined || stage === undefined ? (
                <Text c="dimmed">{words.pick}</Text>
              ) : (
                <StageForm
                  key={selected}
                  draft={draft}
                  at={selected}
                  faults={checked.faults}
                  onChange={setDraft}
                  onRemoved={() => setSelected(undefined)}
                />
              )}
            </Grid.Col>
          </Grid>
        )}
      </Stack>
    </>
  );
}

/** The text is what is typed; the draft follows it whenever it can be read. */
function JsonEditor({
  draft,
  onChange,
}: {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}) {
  const [typed, setTyped] = useState(() => JSON.stringify(draft, null, 2));
  const isWrong = draftIn(typed) === undefined;
  return (
    <Stack gap="xs">
      <CodeEditor
        language="json"
        label={words.json}
        value={typed}
        height="480px"
        onChange={(next) => {
          setTyped(next);
          const read = draftIn(next);
          if (read !== undefined) onChange(read);
        }}
        testId="editor-json"
      />
      {isWrong && (
        <Text size="sm" c="red" role="alert">
          {words.notAPipeline}
        </Text>
      )}
    </Stack>
  );
}

function Findings({ checked }: { readonly checked: Checked }) {
  const { faults, warnings, isChecking, problem } = checked;
  if (problem !== undefined) return <ProblemCard problem={problem} />;
  return (
    <Stack gap="xs" aria-live="polite" data-testid="editor-findings" data-checking={isChecking || undefined}>
      {faults.length === 0 ? (
        <Text size="sm" c="dimmed">
          {isChecking ? words.checking : words.valid}
        </Text>
      ) : (
        <Alert color="red" title={words.faults(faults.length)}>
          <FaultList faults={faults} />
        </Alert>
      )}
      {warnings.length > 0 && (
        <Alert color="yellow" title={words.warnings}>
          <FaultList faults={warnings} />
        </Alert>
      )}
    </Stack>
  );
}

const FaultList = ({ faults }: { readonly faults: readonly Fault[] }) => (
  <Stack gap={2}>
    {faults.map(({ pointer, code, detail }) => (
      <Text key={`${pointer} ${code}`} size="sm">
        <Mono>{pointer}</Mono> {detail}
      </Text>
    ))}
  </Stack>
);

const Refused = ({ problem }: { readonly problem: unknown }) => (
  <Stack gap="xs">
    <ProblemCard problem={problem} />
    {toProblem(problem).status === STALE && <Text size="sm">{words.stale}</Text>}
  </Stack>
);

/** Makes a pipeline, or the next version of the one that was loaded. */
function useSave(loaded: LoadedPipeline | undefined) {
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [state, setState] = useState<{ isSaving: boolean; problem?: unknown }>({ isSaving: false });
  const save = async (draft: Draft): Promise<void> => {
    setState({ isSaving: true });
    const body = draft as never;
    try {
      const { data, error } =
        loaded === undefined
          ? await rest.POST('/api/v1/pipelines', { body })
          : await rest.PUT('/api/v1/pipelines/{id}', {
              params: { path: { id: loaded.pipeline.id }, header: { 'If-Match': loaded.etag } },
              body,
            });
      if (data === undefined) throw error;
      await cache.invalidateQueries();
      notifyDone(words.saved(data.name, data.version));
      await navigate({ to: '/pipelines/$id', params: { id: data.id }, search: { tab: 'stages' } });
    } catch (problem) {
      setState({ isSaving: false, problem });
    }
  };
  return { ...state, save };
}
