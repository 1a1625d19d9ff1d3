import { type InstancePhase } from '@app/contracts';
import {
  childTraceparent,
  errorTypeOf,
  newTraceparent,
  requestContext,
  tracer,
  unsampledTraceparent,
} from '@app/telemetry';
import { type Action } from '../decide/next-step';

/** What goes on for longer is not what was asked for any more: a server that never starts would make a trace without an end. */
const STORY_LASTS_MS = 10 * 60_000;
/** On the way to what somebody asked for. */
const ON_THE_WAY: ReadonlySet<InstancePhase> = new Set([
  ...(['requested', 'creating', 'created', 'starting', 'restarting'] as const),
  ...(['stopping', 'deleting'] as const),
]);

interface Story {
  /** Of whoever asked. */
  readonly traceparent: string;
  readonly endsAtMs: number;
}

interface Look {
  readonly instanceId: string;
  readonly parent: string | undefined;
  readonly startedAtMs: number;
  /** Somebody asked for just this look. */
  readonly isAsked: boolean;
  traceparent: string;
  /** It did something, or something was learned; the others are but glances. */
  isTold: boolean;
}

/**
 * Looks as parts of what somebody asked for: from the message that asked to the state that was wanted. A look of the
 * reconciler's own is told only where it does something, as a story that begins with it; that all is well is no story.
 */
export class LookSpans {
  readonly #stories = new Map<string, Story>();
  readonly #looks = new Map<string, Look>();

  /** `asker`: the traceparent of the message that asked for this look. */
  async look(instanceId: string, asker: string | undefined, work: () => Promise<void>): Promise<void> {
    if (!tracer.isOn) return work();
    const startedAtMs = performance.now();
    const isAsked = tracer.follows(asker);
    if (isAsked) this.#begin(instanceId, asker);
    const parent = this.#storyOf(instanceId);
    const traceparent = parent === undefined ? unsampledTraceparent() : childTraceparent(parent);
    const look: Look = { instanceId, parent, startedAtMs, isAsked, traceparent, isTold: isAsked };
    this.#looks.set(instanceId, look);
    try {
      await requestContext.under(isAsked ? traceparent : muted(traceparent), work);
    } finally {
      this.#looks.delete(instanceId);
      if (look.isTold) this.#tell(look);
    }
  }

  /** A step of the look under way. Probes of its own are glances too: a server that boots is asked many times a second. */
  async step<T>(instanceId: string, kind: Action['kind'], work: () => Promise<T>): Promise<T> {
    const look = this.#looks.get(instanceId);
    if (look === undefined || (kind === 'probe' && !look.isAsked)) return work();
    if (!tracer.follows(look.traceparent)) {
      look.traceparent = newTraceparent();
      this.#begin(instanceId, look.traceparent);
    }
    look.isTold = true;
    const attributes = { 'quayside.instance.id': instanceId };
    return requestContext.under(look.traceparent, () =>
      tracer.within({ name: `step ${kind}`, attributes }, work),
    );
  }

  /** `tell` says whether there was news. Whoever hears of it goes on with the same story. */
  report(instanceId: string, phase: InstancePhase, tell: () => boolean): void {
    const look = this.#looks.get(instanceId);
    if (look === undefined || !this.#stories.has(instanceId)) {
      tell();
      return;
    }
    if (requestContext.under(look.traceparent, tell)) look.isTold = true;
    if (!ON_THE_WAY.has(phase)) this.#stories.delete(instanceId);
  }

  #begin(instanceId: string, traceparent: string): void {
    this.#stories.set(instanceId, { traceparent, endsAtMs: performance.now() + STORY_LASTS_MS });
  }

  #storyOf(instanceId: string): string | undefined {
    const story = this.#stories.get(instanceId);
    if (story === undefined || story.endsAtMs > performance.now()) return story?.traceparent;
    this.#stories.delete(instanceId);
    return undefined;
  }

  #tell({ instanceId, traceparent, parent, startedAtMs }: Look): void {
    tracer.record({
      ...{ name: 'look', kind: 'internal', traceparent, parent, startedAtMs, endedAtMs: performance.now() },
      attributes: { 'quayside.instance.id': instanceId },
    });
  }
}

/** An operation of an engine within a step or a look that is told. */
export function tellEngineOperation(
  engine: string,
  operation: string,
  startedAtMs: number,
  error: unknown,
): void {
  const parent = requestContext.get()?.traceparent;
  if (!tracer.follows(parent)) return;
  tracer.record({
    ...{ name: `${engine} ${operation}`, kind: 'client', traceparent: childTraceparent(parent), parent },
    ...{ startedAtMs, endedAtMs: performance.now() },
    attributes: { 'quayside.engine': engine, 'quayside.engine.operation': operation },
    error: error === undefined ? undefined : errorTypeOf(error),
  });
}

const FLAGS_LENGTH = 2;
/** The same place in the same trace, for what nobody keeps. */
const muted = (traceparent: string): string => `${traceparent.slice(0, -FLAGS_LENGTH)}00`;
