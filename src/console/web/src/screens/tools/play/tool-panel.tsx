import { Alert, Badge, Button, Group, Stack, Tabs, Text, Title, Tooltip } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useMay } from '~/api/me';
import {
  confirmDestructive,
  CopyButton,
  JsonView,
  Mono,
  notifyDone,
  ProblemCard,
  ServerText,
} from '~/components';
import { SchemaForm } from '~/components/lazy/schema-form';
import { addressOf } from '~/api/streams';
import { type Tool } from '../data';
import { examples, runs, useExamples, useRuns } from '../history';
import { text } from '../text';
import { AskedView } from './asked/asked-view';
import { ArgumentsEditor } from './arguments-editor';
import { ExampleList, RunList } from './past-runs';
import { ResultView } from './result-view';
import { Snippets } from './snippet-view';
import { useToolCall } from './use-tool-call';

type Arguments = Record<string, unknown>;

/** One tool: what it is, its arguments, and what came of running it. */
export function ToolPanel({ tool }: { readonly tool: Tool }) {
  const [args, setArgs] = useState<Arguments>({});
  const [writing, setWriting] = useState<'form' | 'json'>('form');
  const [isJson, setJson] = useState(true);
  const call = useToolCall(tool);
  const run = (given: Arguments): void => askFirst(tool, () => call.run(given));
  const edit = (given: Arguments): void => {
    setArgs(given);
    setWriting('form');
  };
  return (
    <Stack gap="md" data-testid="tool-panel">
      <About tool={tool} />
      <section aria-label={text.arguments}>
        <Tabs
          value={writing}
          onChange={(next) => setWriting(next === 'json' ? 'json' : 'form')}
          keepMounted={false}
        >
          <Tabs.List mb="sm">
            <Tabs.Tab value="form" data-testid="tool-form-tab">
              {text.form}
            </Tabs.Tab>
            <Tabs.Tab value="json" data-testid="tool-json-tab">
              {text.json}
            </Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="form">
            <SchemaForm
              schema={tool.input_schema}
              value={args}
              onChange={setArgs}
              onSubmit={run}
              problem={call.problem}
              pointerPrefix="/arguments"
              label={text.arguments}
              testId="tool-form"
            >
              <Actions args={args} tool={tool} call={call} />
            </SchemaForm>
          </Tabs.Panel>
          <Tabs.Panel value="json">
            <Stack gap="sm">
              <ArgumentsEditor value={args} onChange={setArgs} onValid={setJson} />
              <Actions args={args} tool={tool} call={call} blocked={!isJson} onRun={() => run(args)} />
            </Stack>
          </Tabs.Panel>
        </Tabs>
      </section>
      {call.asked !== undefined && (
        <AskedView
          key={call.asked.input.request_state}
          server={tool.server_name}
          asked={call.asked.input}
          untilMs={call.asked.untilMs}
          isOver={call.asked.isOver}
          isSending={call.isRunning}
          onReply={call.reply}
        />
      )}
      {call.problem !== undefined && <ProblemCard problem={call.problem} />}
      {call.result !== undefined && <ResultView tool={tool} result={call.result} sent={call.sent} />}
      <Past tool={tool} args={args} onRun={run} onEdit={edit} />
    </Stack>
  );
}

/** What may destroy something is asked for once each time; everything else runs at a click. */
function askFirst(tool: Tool, run: () => void): void {
  if (hintsOf(tool)['destructiveHint'] !== true) {
    run();
    return;
  }
  confirmDestructive({
    title: text.confirm.title(tool.name),
    lists: [text.confirm.what],
    confirmLabel: text.confirm.label,
    onConfirm: () => {
      run();
      return Promise.resolve();
    },
  });
}

const hintsOf = ({ annotations }: Tool): Readonly<Record<string, unknown>> => annotations ?? {};

function About({ tool }: { readonly tool: Tool }) {
  const hints = Object.entries(text.hints).filter(([name]) => hintsOf(tool)[name] === true);
  return (
    <Stack gap={6}>
      <Group gap="xs">
        <Title order={2} style={{ overflowWrap: 'anywhere' }} data-testid="tool-name">
          {tool.title ?? tool.name}
        </Title>
        <Mono>{tool.title === undefined ? tool.server_name : `${tool.server_name} · ${tool.name}`}</Mono>
        <CopyButton value={tool.name} label={text.copyName} />
      </Group>
      <Group gap={6}>
        {hints.map(([name, words]) => (
          <Tooltip key={name} label={text.hintsWhy}>
            <Badge variant="light" color={name === 'destructiveHint' ? 'red' : 'gray'} tt="none" tabIndex={0}>
              {words}
            </Badge>
          </Tooltip>
        ))}
        <Tooltip label={text.tokensWhy} multiline w={260}>
          <Badge variant="outline" color="gray" tt="none" tabIndex={0} className="q-figures">
            {text.tokens(tool.estimated_tokens)}
          </Badge>
        </Tooltip>
      </Group>
      <ServerText markdown={tool.description} />
    </Stack>
  );
}

function Actions(props: {
  readonly tool: Tool;
  readonly args: Arguments;
  readonly call: ReturnType<typeof useToolCall>;
  readonly blocked?: boolean;
  /** Without it the button ends the form around it. */
  readonly onRun?: () => void;
}) {
  const { tool, args, call, blocked = false, onRun } = props;
  const may = useMay('tools:call');
  const isAsked = call.asked?.isOver === false && !call.isRunning;
  const save = (): void => {
    examples.add({ id: crypto.randomUUID(), server: tool.server_name, tool: tool.name, args });
    notifyDone(text.saved);
  };
  if (!may) return <Alert color="gray">{text.mayNot}</Alert>;
  return (
    <Group gap="xs" mt="sm">
      <Button
        type={onRun === undefined ? 'submit' : 'button'}
        {...(onRun === undefined ? {} : { onClick: onRun })}
        loading={call.isRunning}
        disabled={blocked || isAsked}
        leftSection={<IconPlayerPlay size={14} aria-hidden />}
        data-testid="tool-run"
      >
        {text.run}
      </Button>
      {call.isRunning && (
        <Button variant="default" onClick={call.stop} data-testid="tool-stop">
          {text.stop}
        </Button>
      )}
      <Button variant="default" onClick={save} disabled={blocked} data-testid="tool-save">
        {text.save}
      </Button>
      {isAsked && (
        <Text size="sm" c="dimmed">
          {text.answerFirst}
        </Text>
      )}
    </Group>
  );
}

function Past(props: {
  readonly tool: Tool;
  readonly args: Arguments;
  readonly onRun: (args: Arguments) => void;
  readonly onEdit: (args: Arguments) => void;
}) {
  const { tool, args } = props;
  const isOfTool = (one: { readonly server: string; readonly tool: string }): boolean =>
    one.server === tool.server_name && one.tool === tool.name;
  const past = useRuns().filter(isOfTool);
  const saved = useExamples().filter(isOfTool);
  const call = { server: tool.server_name, tool: tool.name, args };
  return (
    <Tabs defaultValue="history" keepMounted={false} data-testid="tool-more">
      <Tabs.List mb="sm">
        <Tabs.Tab value="history">{text.history}</Tabs.Tab>
        <Tabs.Tab value="examples">{text.examples}</Tabs.Tab>
        <Tabs.Tab value="code" data-testid="tool-code-tab">
          {text.code}
        </Tabs.Tab>
        <Tabs.Tab value="schema">{text.schema}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="history">
        <RunList runs={past} onRun={props.onRun} onEdit={props.onEdit} onClear={() => runs.clear()} />
      </Tabs.Panel>
      <Tabs.Panel value="examples">
        <ExampleList examples={saved} onEdit={props.onEdit} onForget={(id) => examples.remove(id)} />
      </Tabs.Panel>
      <Tabs.Panel value="code">
        <Snippets call={call} origin={window.location.origin + addressOf('')} />
      </Tabs.Panel>
      <Tabs.Panel value="schema">
        <SchemaTab tool={tool} />
      </Tabs.Panel>
    </Tabs>
  );
}

const SchemaTab = ({ tool }: { readonly tool: Tool }) => (
  <Stack>
    <SchemaPart title={text.inputSchema} schema={tool.input_schema} />
    {tool.output_schema !== undefined && <SchemaPart title={text.outputSchema} schema={tool.output_schema} />}
  </Stack>
);

const SchemaPart = ({ title, schema }: { readonly title: string; readonly schema: unknown }) => (
  <div>
    <Text size="sm" fw={600} mb={4}>
      {title}
    </Text>
    <JsonView value={schema} label={title} open={4} />
  </div>
);
