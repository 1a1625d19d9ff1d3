import { type ContainerReport, type InstanceStatusReportedV1, type UpstreamReport } from '@app/contracts';
import { needsBridge, type Desired } from '../decide/desired';
import { UNHEALTHY_AFTER_MISSES } from '../decide/health';
import { healthOf, type Observed } from '../decide/observed';
import { type Status } from '../decide/status';
import { containerOf, replicasOf } from '../decide/wanted';
import { type EnginePost } from '../engine/engines';
import { portOf } from '../probe/targets';
import { type InstanceMemory, type ReplicaAnswer } from '../runner/instance-memory';

/** The part of a report that says something; the rest is when, and in which order. */
export type ReportBody = Omit<
  InstanceStatusReportedV1,
  'report_id' | 'sequence' | 'at' | 'next_attempt_at' | 'secrets_read' | 'secrets_failed' | 'last_error'
>;

export interface Look {
  readonly desired: Desired;
  readonly observed: Observed;
  readonly status: Status;
  readonly memory: InstanceMemory;
  readonly post: EnginePost | undefined;
}

export function reportBodyOf(look: Look): ReportBody {
  const { desired, status, memory } = look;
  const served = servingAnswers(look);
  return {
    v: 1,
    instance_id: desired.instanceId,
    generation: desired.generation,
    phase: status.phase,
    reason: status.reason,
    attempt: status.attempt,
    containers: containersOf(look),
    upstream: upstreamOf(look, served),
    ...factsOf(served),
    secret_delivery: memory.delivery?.way ?? null,
    secret_delivery_reason: memory.delivery?.reason ?? null,
  };
}

/** Replicas are alike: the first that serves speaks for all. */
function factsOf([first]: readonly ReplicaAnswer[]): Pick<ReportBody, 'tools' | 'era' | 'latency_ms'> {
  if (first === undefined) return { tools: null, era: null, latency_ms: null };
  return { tools: first.tools, era: first.era, latency_ms: first.latencyMs };
}

/** Latency moves with each probe; that alone is no news. */
export const isSameNews = (a: ReportBody, b: ReportBody): boolean =>
  JSON.stringify({ ...a, latency_ms: null }) === JSON.stringify({ ...b, latency_ms: null });

/** A replica that serves, as it answered last. */
interface Serving extends ReplicaAnswer {
  readonly replica: number;
}

function servingAnswers({ desired, observed, memory }: Look): readonly Serving[] {
  if (desired.wish !== 'running') return [];
  return replicasOf(desired).flatMap((replica) => {
    const answer = memory.answers.get(replica);
    const health = healthOf(observed, replica);
    const serves = health.answered && health.misses < UNHEALTHY_AFTER_MISSES;
    return answer !== undefined && serves ? [{ ...answer, replica }] : [];
  });
}

function upstreamOf(
  { desired: { spec, replicas } }: Look,
  served: readonly Serving[],
): UpstreamReport | null {
  const [first] = served;
  if (spec === undefined || first === undefined) return null;
  const where = {
    urls: served.flatMap((answer) => answer.urls),
    ...(replicas > 1 && { replicas: served.map(({ replica, urls }) => ({ replica, urls })) }),
  };
  if (needsBridge(spec)) return { kind: 'bridge', ...where };
  return { kind: 'http', ...where, transport: first.transport, remote: spec.type === 'url' };
}

function containersOf({ desired, observed, memory, post }: Look): ContainerReport[] {
  const { spec } = desired;
  if (spec === undefined || spec.type === 'url' || post === undefined) return [];
  const replicas = replicasOf(desired).flatMap((replica) => {
    const container = containerOf(desired, observed, replica);
    return container === undefined ? [] : [{ replica, id: container.id, name: container.name }];
  });
  const isImage = spec.type === 'docker';
  const common = {
    image: isImage ? spec.image : spec.command,
    image_digest: memory.image?.digest ?? null,
    port: isImage && !needsBridge(spec) ? portOf(spec, memory) : null,
    engine: post.engine.kind,
  };
  const ofSessions = replicas.length === 0 ? [] : memory.sessions;
  return [...replicas, ...ofSessions].map((container) => ({ ...container, ...common }));
}
