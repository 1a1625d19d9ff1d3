import { type InstanceStatusesReportedV1 } from '@app/contracts';
import { type Clock } from '@app/kernel';
import { type QueueSet } from '@app/queues';
import { Backoff } from '@app/resilience';
import { Bridges } from './bridge/bridges';
import { SessionContainers } from './bridge/session-containers';
import { Engines } from './engine/engines';
import { Observer } from './engine/observer';
import { Examiner } from './examine/examiner';
import { type Failpoints } from './failpoints';
import { type SecretKeepers, type Surroundings } from './surroundings';
import { type Prober } from './probe/prober';
import { Targets } from './probe/targets';
import { ProvisionerMetrics } from './provisioner-metrics';
import { type ProvisionerOptions } from './provisioner.options';
import { EngineAnswers } from './questions/engine-answers';
import { ReportOutbox, REPORTS_GO_TO, type SendReports } from './report/report-outbox';
import { Reporter } from './report/reporter';
import { DesiredInstances } from './runner/desired-instances';
import { Memories } from './runner/instance-memory';
import { Leadership } from './runner/leadership';
import { tellEngineOperation } from './runner/look-spans';
import { Reconciler } from './runner/reconciler';
import { Sweep } from './runner/sweep';
import { ContainerSteps } from './steps/container-steps';
import { EndingSteps } from './steps/ending-steps';
import { InstanceSecrets } from './steps/instance-secrets';
import { ProbeSteps } from './steps/probe-steps';
import { StepRunner } from './steps/step-runner';

/** What the provisioner is given from outside. */
export interface Given {
  readonly options: ProvisionerOptions;
  readonly surroundings: Surroundings;
  readonly secrets: SecretKeepers;
  readonly clock: Clock;
}

export interface Parts {
  readonly leadership: Leadership;
  readonly engines: Engines;
  readonly bridges: Bridges;
  readonly sessions: SessionContainers;
  readonly prober: Prober;
  readonly memories: Memories;
  readonly outbox: ReportOutbox;
  readonly reporter: Reporter;
  readonly reconciler: Reconciler;
  readonly sweep: Sweep;
  readonly answers: EngineAnswers;
  readonly examiner: Examiner;
}

/** Puts the parts together. Plain construction, so that a reader sees who knows whom. */
export function assemble(given: Given): Parts {
  const { options, clock } = given;
  const { database, prober } = given.surroundings;
  const { keyring, scrubber } = given.secrets;
  const { failpoints, installationId: installation, timing } = options;
  const memories = new Memories();
  const desiredInstances = new DesiredInstances(database);
  const bridges = new Bridges({ host: options.bridgeHost, port: options.bridgePort }, keyring);
  const leadership = new Leadership(database, options);
  const isHeld = (): boolean => leadership.isHeld();
  const look = (instanceId: string): void => {
    if (isHeld()) reconciler.looks.look(instanceId);
  };
  const sweepNow = (): void => {
    sweep.now();
  };
  const metrics = new ProvisionerMetrics(given.surroundings.metrics);
  const engines = watchedEngines(options, isHeld, metrics, { look, sweepNow });
  const outbox = new ReportOutbox(sendThrough(given.surroundings.queues), () => {
    reporter.forgetAll();
    sweepNow();
  });
  const nextSequence = (): number => leadership.nextSequence();
  const reporter = new Reporter({ outbox, nextSequence, timing, failpoints, clock });
  const known = { desiredInstances, bridges, failpoints, look };
  const { sessions, targets, ...steps } = assembleSteps(given, known);
  const reconciler: Reconciler = new Reconciler({
    ...{ ...steps, isHeld, desiredInstances, engines, reporter, memories, clock, metrics },
    observer: new Observer(installation, bridges, sessions, clock),
    forgetSession: (key) => {
      prober.forget(key);
    },
  });
  const sweep: Sweep = new Sweep({
    installation,
    everyMs: timing.sweepEveryMs,
    desiredInstances,
    engines,
    look,
    onReaped: (count) => {
      metrics.reap(count);
    },
  });
  prober.onToolsChanged((instanceId) => {
    reconciler.lookAtOnce(instanceId);
  });
  const asked = { installation, engines, memories, scrubber };
  const answers = new EngineAnswers({ ...asked, bridges });
  const examiner = new Examiner({ ...asked, desiredInstances, targets });
  return {
    ...{ leadership, engines, bridges, sessions, prober },
    ...{ memories, outbox, reporter, reconciler, sweep, answers, examiner },
  };
}

/** What an engine says of itself becomes a look; how long it takes to answer becomes a metric and a span. */
function watchedEngines(
  options: ProvisionerOptions,
  isHeld: () => boolean,
  metrics: ProvisionerMetrics,
  { look, sweepNow }: { readonly look: (instanceId: string) => void; readonly sweepNow: () => void },
): Engines {
  const engines = new Engines(options, isHeld, {
    ...{ onUp: sweepNow, onDown: sweepNow, onNudge: look },
    onAsked: (engine, operation, { startedAtMs, failure }) => {
      metrics.asked(engine, operation, performance.now() - startedAtMs);
      tellEngineOperation(engine, operation, startedAtMs, failure);
    },
  });
  metrics.watch(engines);
  return engines;
}

/**
 * One message for all that is told together: the worker applies it in one transaction. The same report under the same id is
 * taken once, so sending again after a lost answer is harmless.
 */
const sendThrough =
  (queues: Pick<QueueSet, 'add'>): SendReports =>
  async (reports) => {
    const last = reports.at(-1);
    if (last === undefined) return;
    const data: InstanceStatusesReportedV1 = { v: 1, reports };
    await queues.add([
      { queue: REPORTS_GO_TO, jobId: `rep_${last.report_id}_${String(reports.length)}`, data },
    ]);
  };

interface StepParts {
  readonly desiredInstances: DesiredInstances;
  readonly bridges: Bridges;
  readonly failpoints: Failpoints;
  readonly look: (instanceId: string) => void;
}

function assembleSteps(
  given: Given,
  parts: StepParts,
): {
  readonly steps: StepRunner;
  readonly endings: EndingSteps;
  readonly sessions: SessionContainers;
  readonly targets: Targets;
} {
  const { options, clock } = given;
  const { egress, prober } = given.surroundings;
  const { keyring, scrubber } = given.secrets;
  const { desiredInstances, bridges, failpoints, look } = parts;
  const { timing } = options;
  const monotonicMs = (): number => clock.monotonicMs();
  const secrets = new InstanceSecrets(given.secrets.reader);
  const targets = new Targets(egress, keyring, bridges, secrets, timing);
  const backoff = new Backoff({ initialMs: timing.firstBackoffMs });
  const containers = new ContainerSteps({
    options,
    desiredInstances,
    secrets,
    bridges,
    prober,
    failpoints,
    monotonicMs,
  });
  const endings = new EndingSteps({ containers, bridges, scrubber, backoff, clock });
  const sessions = new SessionContainers({ containers, look });
  const probes = new ProbeSteps({ prober, targets, bridges, sessions, scrubber, timing, monotonicMs, look });
  return { steps: new StepRunner(containers, endings, probes), endings, sessions, targets };
}
