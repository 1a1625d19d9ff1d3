import { Autocomplete, TagsInput, Textarea, TextInput } from '@mantine/core';
import { api } from '~/api/client';
import { type DraftStage, type Kind } from './draft';
import { JsonInput } from './json-input';
import { text } from './text';

const words = text.editor;
const OFFERED_MAX = 200;

interface RunnerFormProps {
  readonly stage: DraftStage;
  readonly kind: Kind;
  readonly faultAt: (member: string) => string | undefined;
  readonly onChange: (members: Partial<DraftStage>) => void;
}

/** What the kind of a stage asks for. */
export function RunnerForm(props: RunnerFormProps) {
  switch (props.kind) {
    case 'task':
      return <TaskFields {...props} />;
    case 'tool':
      return <ToolFields {...props} />;
    case 'approval':
      return <ApprovalFields {...props} />;
    case 'pipeline':
      return <InnerFields {...props} />;
  }
}

const TaskFields = ({ stage, faultAt, onChange }: RunnerFormProps) => (
  <>
    <TextInput
      label={words.type}
      description={words.typeHint}
      value={stage.type ?? ''}
      error={faultAt('type')}
      onChange={(event) => onChange({ type: event.currentTarget.value })}
      data-testid="editor-stage-type"
    />
    <TagsInput
      label={words.capabilities}
      value={[...(stage.task?.capabilities ?? [])]}
      onChange={(capabilities) => onChange({ task: { ...stage.task, capabilities } })}
    />
  </>
);

function ToolFields({ stage, faultAt, onChange }: RunnerFormProps) {
  const { data } = api.useQuery('get', '/api/v1/mcp/tools');
  const tool = stage.tool ?? { server_name: '', tool_name: '' };
  const tools = (data?.tools ?? []) as readonly { readonly server_name: string; readonly name: string }[];
  const servers = [...new Set(tools.map(({ server_name: name }) => name))].slice(0, OFFERED_MAX);
  const names = tools.filter(({ server_name: of }) => of === tool.server_name).map(({ name }) => name);
  return (
    <>
      <Autocomplete
        label={words.server}
        value={tool.server_name}
        data={servers}
        error={faultAt('tool/server_name')}
        onChange={(value) => onChange({ tool: { ...tool, server_name: value } })}
        data-testid="editor-stage-server"
      />
      <Autocomplete
        label={words.tool}
        value={tool.tool_name}
        data={[...new Set(names)].slice(0, OFFERED_MAX)}
        error={faultAt('tool/tool_name')}
        onChange={(value) => onChange({ tool: { ...tool, tool_name: value } })}
        data-testid="editor-stage-tool"
      />
      <JsonInput
        label={words.arguments}
        description={words.argumentsHint}
        value={tool.arguments}
        onChange={(value) => onChange({ tool: { ...tool, arguments: value ?? {} } })}
        wrong={words.notAnObject}
      />
    </>
  );
}

const ApprovalFields = ({ stage, faultAt, onChange }: RunnerFormProps) => (
  <>
    <Textarea
      label={words.message}
      value={stage.approval?.message ?? ''}
      error={faultAt('approval/message')}
      onChange={({ currentTarget: { value } }) => {
        const { message: _before, ...rest } = stage.approval ?? {};
        onChange({ approval: value === '' ? rest : { ...rest, message: value } });
      }}
      autosize
    />
    <TagsInput
      label={words.approvers}
      description={words.approversHint}
      value={[...(stage.approval?.approvers ?? [])]}
      error={faultAt('approval/approvers')}
      onChange={(approvers) => {
        const { approvers: _before, ...rest } = stage.approval ?? {};
        onChange({ approval: approvers.length === 0 ? rest : { ...rest, approvers } });
      }}
    />
  </>
);

function InnerFields({ stage, faultAt, onChange }: RunnerFormProps) {
  const { data } = api.useQuery('get', '/api/v1/pipelines', { params: { query: { limit: OFFERED_MAX } } });
  return (
    <Autocomplete
      label={words.inner}
      value={stage.pipeline?.pipeline ?? ''}
      data={data?.pipelines.map(({ name }) => name) ?? []}
      error={faultAt('pipeline/pipeline') ?? faultAt('pipeline')}
      onChange={(value) => onChange({ pipeline: { ...stage.pipeline, pipeline: value } })}
    />
  );
}
