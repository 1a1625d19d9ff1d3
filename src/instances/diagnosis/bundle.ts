import { Injectable } from '@nestjs/common';
import { type JsonObject } from '@app/kernel';
import { Scrubber } from '@app/telemetry';
import { type InstanceScope } from '../domain/instance-scope';
import { EngineQuestions } from '../queries/engine-questions';
import { InstanceQueries } from '../queries/instance-queries';
import { type HistoryEntry, type InstanceView } from '../queries/instance-view';
import { type Diagnosis } from './diagnosis';
import { Diagnostician } from './diagnostician';

const EVENTS_IN_A_BUNDLE = 50;
const LINES_IN_A_BUNDLE = 200;

/** All that somebody else needs to help, and nothing that they must not see. */
export interface Bundle {
  readonly made_at: string;
  readonly instance: JsonObject;
  readonly diagnosis: Diagnosis;
  readonly events: readonly JsonObject[];
  readonly output: readonly string[];
}

/** What is in it was scrubbed where it was written down; it is scrubbed once more, because it leaves the house. */
@Injectable()
export class Bundles {
  constructor(
    private readonly instances: InstanceQueries,
    private readonly diagnostician: Diagnostician,
    private readonly engine: EngineQuestions,
    private readonly scrubber: Scrubber,
  ) {}

  async make(scope: InstanceScope, idOrName: string): Promise<Bundle> {
    const view = await this.instances.get(scope, idOrName);
    const diagnosis = await this.diagnostician.diagnose(scope, view.id);
    const { items } = await this.instances.history(scope, view.id, undefined, EVENTS_IN_A_BUNDLE);
    const bundle: Bundle = {
      made_at: new Date().toISOString(),
      instance: instanceOf(view),
      diagnosis,
      events: items.map(eventOf),
      output: await this.outputOf(view),
    };
    return JSON.parse(this.scrubber.scrub(JSON.stringify(bundle))) as Bundle;
  }

  private async outputOf({ id, lastError }: InstanceView): Promise<readonly string[]> {
    const kept = (lastError?.output ?? []).slice(-LINES_IN_A_BUNDLE);
    try {
      const { lines } = await this.engine.logs(id, LINES_IN_A_BUNDLE);
      return lines.length > 0 ? lines : kept;
    } catch {
      // Nobody holds the engine: what was kept of the last container is all there is.
      return kept;
    }
  }
}

/** Of variables and headers the names alone: a value that is no reference may be a secret all the same. */
function instanceOf(view: InstanceView): JsonObject {
  const { spec } = view;
  return {
    ...{ id: view.id, name: view.name, status: view.status, reason: view.reason, desired: view.desired },
    ...{ generation: view.generation, attempt: view.attempt, era: view.era, tools: view.tools },
    since: view.since.toISOString(),
    spec: specOf(view),
    variables: spec.type === 'url' ? [] : Object.keys(spec.environment ?? {}),
  };
}

function specOf({ spec }: InstanceView): JsonObject {
  if (spec.type === 'url')
    return {
      type: 'url',
      endpoint: spec.endpoint.split('?')[0] ?? '',
      authentication: spec.authentication?.type ?? 'none',
    };
  const { environment: _values, ...rest } = spec;
  // Arguments are where people put tokens.
  const { command } = rest;
  const shown = typeof command === 'string' ? command : (command?.slice(0, 1) ?? []);
  return JSON.parse(JSON.stringify({ ...rest, command: shown, args: undefined })) as JsonObject;
}

const eventOf = ({ name, at, actor, data }: HistoryEntry): JsonObject => ({
  ...{ name, at: at.toISOString(), actor },
  ...(typeof data['reason'] === 'string' ? { reason: data['reason'] } : {}),
});
