import { type JsonValue } from '@app/kernel';
import { type Frame, frameOf } from './frames';
import { type LogEvent, type ToolCall } from './log-event';
import { type Facets, type FilterName } from './subscription';

const FROM_DATA: Readonly<Partial<Record<FilterName, readonly string[]>>> = {
  task_id: ['task_id'],
  run_id: ['run_id'],
  pipeline_id: ['pipeline_id'],
  agent_id: ['agent_id', 'assigned_agent'],
};

/** What can be said of an event to pick it by. */
export function facetsOf(event: LogEvent, frame: Frame = frameOf(event)): Facets {
  const named = Object.entries(FROM_DATA).map(
    ([facet, members]) => [facet, textsOf(members.map((member) => event.data[member]))] as const,
  );
  const instance = textsOf([event.data['instance_id'], isOfInstance(event) ? event.data['name'] : undefined]);
  return {
    ...Object.fromEntries(named),
    instance,
    status: textsOf([frame['status']]),
    event: [event.name],
    type: [frame.type],
  };
}

export const facetsOfCall = ({ instanceId, serverName, outcome }: ToolCall): Facets => ({
  instance: textsOf([instanceId, serverName]),
  status: [outcome],
  event: ['mcp.tool.called'],
  type: ['tool_call'],
});

const isOfInstance = ({ name }: LogEvent): boolean => name.startsWith('mcp.instance.');

const textsOf = (values: readonly (JsonValue | undefined)[]): readonly string[] =>
  values.filter((value) => typeof value === 'string');
