import { setTimeout as delay } from 'node:timers/promises';
import { type ContainerDetails, DEFAULT_LIMITS } from '@app/container-engine';
import { type LastErrorReport } from '@app/contracts';
import { type Clock } from '@app/kernel';
import { type Backoff } from '@app/resilience';
import { type Scrubber } from '@app/telemetry';
import { type Bridges } from '../bridge/bridges';
import { describeEnding, type Ending, isExcused, streamsHint } from '../decide/crash';
import { excused, failed } from '../decide/health';
import { type ObservedContainer } from '../decide/observed';
import { workPlaceOf } from '../decide/work-place';
import { type EnginePost } from '../engine/engines';
import { type ContainerSteps } from './container-steps';
import { showable, showableLine } from './showable';
import { postOf, type StepContext } from './step-context';

/** Kept of a container's output; more would travel with each status. */
export const OUTPUT_LINES_KEPT = 200;

/** What an ended container leaves behind. */
interface Remains {
  readonly ending: Ending | undefined;
  readonly output: readonly string[];
}

/** 128 + SIGKILL. */
const KILLED = 137;
const NOTE_ASKED_EVERY_MS = 100;
const NOTE_ASKED_MAX = 10;

const NOTHING_LEFT: Remains = { ending: undefined, output: [] };
/** Of the last line of output, in a sentence; the whole output is stored beside it. */
const QUOTED_LENGTH = 200;
const quoted = (line: string | undefined): string | undefined =>
  line === undefined ? undefined : showableLine(line, QUOTED_LENGTH);

export interface EndingStepsParts {
  readonly containers: ContainerSteps;
  readonly bridges: Bridges;
  readonly scrubber: Scrubber;
  readonly backoff: Backoff;
  readonly clock: Clock;
}

/** What is done with a container that ended, or that no longer serves: ask why, report, remove, wait, and make a new one. */
export class EndingSteps {
  constructor(private readonly parts: EndingStepsParts) {}

  async examine(context: StepContext, container: ObservedContainer): Promise<undefined> {
    const { memory } = context;
    const post = postOf(context);
    const details = await this.#endOf(post, container.id);
    if (details === undefined) return;
    const output = await this.#output(post, container.id);
    const ending = endingOf(details, context);
    await this.parts.containers.removeOne(post, container.id);

    const health = memory.healthOf(container.replica);
    if (this.#isExcused(ending, details, context)) {
      memory.lastExcusedAtMs = this.parts.clock.monotonicMs();
      memory.lastOutput = output;
      memory.setHealth(container.replica, excused(health));
      return;
    }
    const lastLine = quoted(output.findLast((line) => line.trim() !== ''));
    const hint = streamsHint(ending, context.desired.spec, health.hasServed);
    const trouble = describeEnding(ending, lastLine, workPlaceOf(post.engine.kind)) + hint;
    this.#blame(context, container.replica, trouble, { ending, output });
  }

  /** It still runs, but does not serve: its last words are taken before it is stopped. */
  async recover(context: StepContext, container: ObservedContainer): Promise<undefined> {
    const post = postOf(context);
    const output = await this.#output(post, container.id);
    const { trouble, answered } = context.memory.healthOf(container.replica);
    await this.parts.containers.stop(context, [container]);
    await this.parts.containers.removeOne(post, container.id);
    this.#blame(
      context,
      container.replica,
      `${answered ? 'It stopped answering' : 'It never answered'} and is replaced: ${trouble ?? 'no reason is known.'}`,
      {
        ending: undefined,
        output,
      },
    );
  }

  /** A step towards a serving container failed: what there is of it goes, and nobody starts again before the backoff is over. */
  async fail(
    context: StepContext,
    place: { readonly replica: number; readonly container: ObservedContainer | undefined },
    error: unknown,
  ): Promise<void> {
    if (place.container !== undefined)
      await this.parts.containers.removeOne(postOf(context), place.container.id);
    this.#blame(context, place.replica, showable(error, this.parts.scrubber), NOTHING_LEFT);
  }

  /** The engine notes that it was memory a moment after the end; until then it looks like a kill by anybody. */
  async #endOf({ engine }: EnginePost, containerId: string): Promise<ContainerDetails | undefined> {
    let details = await engine.inspect(containerId);
    for (
      let asked = 0;
      details?.exitCode === KILLED && !details.oomKilled && asked < NOTE_ASKED_MAX;
      asked += 1
    ) {
      await delay(NOTE_ASKED_EVERY_MS);
      details = await engine.inspect(containerId);
    }
    return details;
  }

  #blame({ memory }: StepContext, replica: number, message: string, last: Remains): void {
    const health = memory.healthOf(replica);
    const holdUntilMs = this.parts.clock.monotonicMs() + this.parts.backoff.delayMs(health.attempt);
    memory.setHealth(replica, failed(health, holdUntilMs, message));
    memory.answers.delete(replica);
    if (last.output.length > 0) memory.lastOutput = last.output;
    const lastError: LastErrorReport = {
      message,
      exit_code: last.ending?.exitCode ?? null,
      oom_killed: last.ending?.oomKilled ?? false,
      output: last.output,
      at: this.parts.clock.now().toISOString(),
    };
    memory.lastError = lastError;
  }

  #isExcused(ending: Ending, { finishedAt }: ContainerDetails, { memory, post }: StepContext): boolean {
    // The server is started again as one of the older era; dying of a question it does not know is no crash.
    if (memory.diedOfQuestion) {
      memory.diedOfQuestion = false;
      return true;
    }
    const upSince = post?.watch.since;
    return isExcused(ending, {
      engineWasAway: finishedAt !== null && upSince !== undefined && finishedAt <= upSince,
      lastExcusedAtMs: memory.lastExcusedAtMs,
      nowMs: this.parts.clock.monotonicMs(),
    });
  }

  /** Of a stdio server the engine stores nothing, because it would be tool results; the bridge keeps its stderr. */
  async #output({ engine }: EnginePost, containerId: string): Promise<string[]> {
    const heard = this.parts.bridges.lastWords(containerId);
    const lines =
      heard.length > 0
        ? heard
        : await logsOrNothing(() => engine.logs(containerId, { tail: OUTPUT_LINES_KEPT }));
    return lines.slice(-OUTPUT_LINES_KEPT).map((line) => showableLine(this.parts.scrubber.scrub(line)));
  }
}

function endingOf(details: ContainerDetails, { desired }: StepContext): Ending {
  const limit = desired.spec?.type === 'url' ? undefined : desired.spec?.resources?.memory_limit;
  return {
    exitCode: details.exitCode,
    signal: details.signal,
    oomKilled: details.oomKilled,
    error: details.error === null || details.error === '' ? null : details.error,
    memoryLimit: limit ?? `${DEFAULT_LIMITS.memoryBytes / 1024 / 1024}m`,
  };
}

/** Output is a help, not a condition: a container whose log cannot be read is replaced all the same. */
async function logsOrNothing(read: () => Promise<string[]>): Promise<string[]> {
  try {
    return await read();
  } catch {
    return [];
  }
}
