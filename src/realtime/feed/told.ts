import { type JsonObject } from '@app/kernel';
import { type Principal } from '@app/telemetry';
import { type Access, type Resource, type ResourceType } from '../../identity';
import { cloudEventOf, cloudEventOfCall, type EventOrigin } from '../domain/cloud-event';
import { facetsOf, facetsOfCall } from '../domain/facets';
import { errorFrameOf, type Frame, frameOf, toolCallFrameOf } from '../domain/frames';
import { type LogEvent, type ToolCall } from '../domain/log-event';
import { type Facets, type Subscription, wants } from '../domain/subscription';
import { type Topic, TOPIC_PERMISSIONS, topicOf } from '../domain/topics';
import { type Format, sseEvent, textFrame } from './wire';

/** What a reader gets of an event: the bytes, and of which types they are. */
export interface Wire {
  readonly bytes: Buffer;
  readonly types: readonly string[];
}

/** Who reads, what of it, and in which form. Readers with the same key are told the same. */
export interface View {
  readonly principal: Principal;
  readonly subscription: Subscription;
  readonly format: Format;
}

interface Content {
  readonly topic: Topic;
  readonly workspaceId: string | null;
  /** What it is about, where grants may close that to the caller. */
  readonly resource: Resource | undefined;
  readonly facets: Facets;
  /** Flat, in order; the last one has the number. */
  readonly frames: readonly Frame[];
  readonly envelope: () => JsonObject;
  readonly sequence?: number;
}

/** One event as it is told. Each form of it is made once, however many readers there are, and only where somebody wants it. */
export class Told {
  private readonly wires = new Map<string, Wire>();

  private constructor(private readonly content: Content) {}

  static event(event: LogEvent, origin: EventOrigin): Told {
    const frame = frameOf(event);
    const error = errorFrameOf(event);
    return new Told({
      topic: topicOf(event.name),
      workspaceId: event.workspaceId,
      resource: resourceOf(event),
      facets: facetsOf(event, frame),
      frames: error === undefined ? [frame] : [error, frame],
      envelope: () => cloudEventOf(event, origin),
      sequence: event.sequence,
    });
  }

  static call(call: ToolCall, origin: EventOrigin): Told {
    const { instanceId: id, serverName, tool, workspaceId } = call;
    return new Told({
      topic: 'tools',
      workspaceId,
      resource:
        id === null ? undefined : { type: 'instances', id, name: serverName ?? '', workspaceId, tool },
      facets: facetsOfCall(call),
      frames: [toolCallFrameOf(call)],
      envelope: () => cloudEventOfCall(call, origin),
    });
  }

  get sequence(): number {
    return this.content.sequence ?? 0;
  }

  /** About how much memory it takes. */
  get sizeBytes(): number {
    return this.wire({ carrier: 'ws', shape: 'flat' }).bytes.length;
  }

  isFor({ principal, subscription }: View, access: Access): boolean {
    const { workspaceId, topic, facets, resource } = this.content;
    return (
      workspaceId === principal.workspaceId &&
      wants(subscription, topic, facets) &&
      access.may(principal, TOPIC_PERMISSIONS[topic], resource)
    );
  }

  wire(format: Format): Wire {
    const key = `${format.carrier} ${format.shape}`;
    const made = this.wires.get(key) ?? this.make(format);
    this.wires.set(key, made);
    return made;
  }

  private make({ carrier, shape }: Format): Wire {
    const { frames, envelope, sequence } = this.content;
    const whole = frames.at(-1)?.type ?? '';
    const parts = shape === 'flat' ? frames : [envelope()];
    const types = shape === 'flat' ? frames.map(({ type }) => type) : [whole];
    const bytes = parts.map((data, at) =>
      carrier === 'ws'
        ? textFrame(JSON.stringify(data))
        : sseEvent({
            type: types[at] ?? whole,
            data,
            id: at === parts.length - 1 ? sequence : undefined,
          }),
    );
    return { bytes: Buffer.concat(bytes), types };
  }
}

const GUARDED: Readonly<Record<string, ResourceType>> = {
  instances: 'instances',
  endpoints: 'endpoints',
  pipelines: 'pipelines',
};

/** The instance, endpoint or pipeline that an event is about, by its data or by where it was recorded. */
function resourceOf({ name, data, aggregateType, aggregateId, workspaceId }: LogEvent): Resource | undefined {
  if (workspaceId === null) return undefined;
  const topic = topicOf(name);
  const type = topic === 'instances' || topic === 'pipelines' ? topic : GUARDED[aggregateType];
  if (type === undefined) return undefined;
  const id = textIn(data, type === 'pipelines' ? 'pipeline_id' : 'instance_id') ?? aggregateId;
  const called = textIn(data, 'pipeline_name') ?? textIn(data, 'name');
  return { type, id, name: called ?? (type === 'endpoints' ? id : ''), workspaceId };
}

const textIn = (data: JsonObject, member: string): string | undefined => {
  const value = data[member];
  return typeof value === 'string' ? value : undefined;
};
