import { Injectable, Logger } from '@nestjs/common';
import { type Examination, type ExamineReply } from '@app/contracts';
import { DefinitionReader } from '../../catalog';
import { SecretProviders } from '../../secrets';
import { type InstanceScope } from '../domain/instance-scope';
import { EngineQuestions } from '../queries/engine-questions';
import { InstanceQueries } from '../queries/instance-queries';
import { referencePointers } from '../spec/secret-moves';
import { Circuits } from './circuits';
import { type Check, type Diagnosis, type Finding, skipped } from './diagnosis';
import { EVIDENCE_LINES, judgeProcess } from './judge-process';
import { judgeReach } from './judge-network';
import { judgeEra, judgeMcp, judgeTokens } from './judge-protocol';
import { judgeEngine, judgeEnvironment, judgeImage, judgeSecrets, judgeWish } from './judge-wish';
import { type EngineFacts, type Subject } from './subject';
import { TITLES, type CheckName } from './titles';
import { concluded, type NamedFinding } from './verdict';

const NOBODY: ExamineReply = {
  asked: false,
  ok: false,
  detail: 'Nobody who could ask it answers.',
  facts: {},
};
const NOT_NEEDED = 'An earlier check has found the cause already.';
const NOT_REACHED = 'The request did not come so far.';
const HANDSHAKES = ['newer', 'older', 'mcp'] as const;
const OF_THE_SERVER = ['port', ...HANDSHAKES] as const;

/** Asks one thing after the other why an instance is as it is. What one check learns, the next one builds on. */
@Injectable()
export class Diagnostician {
  private readonly logger = new Logger(Diagnostician.name);

  constructor(
    private readonly instances: InstanceQueries,
    private readonly definitions: DefinitionReader,
    private readonly secrets: SecretProviders,
    private readonly engine: EngineQuestions,
    private readonly circuits: Circuits,
  ) {}

  /** Before anything is sent: an instance that is not there is the caller's fault. */
  async begin(scope: InstanceScope, idOrName: string): Promise<AsyncGenerator<Check, Diagnosis>> {
    const view = await this.instances.get(scope, idOrName);
    const { serverSpecId } = view;
    const definition = serverSpecId === null ? undefined : await this.definitions.byId(scope, serverSpecId);
    return this.checks({ ...view, schema: definition?.envSchema ?? [] });
  }

  async diagnose(scope: InstanceScope, idOrName: string): Promise<Diagnosis> {
    const checks = await this.begin(scope, idOrName);
    for (;;) {
      const step = await checks.next();
      if (step.done === true) return step.value;
    }
  }

  /** Each check as soon as it is done, and the verdict at the end. */
  private async *checks(subject: Subject): AsyncGenerator<Check, Diagnosis> {
    const done: NamedFinding[] = [];
    let beganAtMs = performance.now();
    for await (const [name, finding] of this.findings(subject)) {
      const nowMs = performance.now();
      const check = checkOf(name, finding, Math.round(nowMs - beganAtMs));
      beganAtMs = nowMs;
      done.push({ check, finding });
      yield check;
    }
    return concluded(subject, done);
  }

  private async *findings(subject: Subject): AsyncGenerator<Named> {
    const seen = new Set<string>();
    for await (const one of this.beforeAsking(subject)) {
      seen.add(one[1].status);
      yield one;
    }
    if (seen.has('failed')) for (const name of OF_THE_SERVER) yield [name, skipped(NOT_NEEDED)];
    else yield* this.askingTheServer(subject);
    yield ['circuit', this.circuits.judge(subject)];
  }

  private async *beforeAsking(subject: Subject): AsyncGenerator<Named> {
    yield ['wanted', judgeWish(subject)];
    yield ['environment', judgeEnvironment(subject)];
    const references = [...referencePointers(subject.spec).keys()];
    yield ['secrets', judgeSecrets([...(await this.secrets.missing(references))], references.length)];
    if (subject.spec.type === 'url') return;
    const inspected = await this.orSilence(() => this.engine.inspect(subject.id));
    const { spec } = subject;
    const image =
      spec.type === 'docker' ? await this.orSilence(() => this.engine.image(spec.image)) : undefined;
    const facts: EngineFacts = { inspected, image };
    yield* some('engine', judgeEngine(subject, facts));
    yield* some('image', judgeImage(subject, facts));
    yield* some('process', judgeProcess(subject, facts));
  }

  private async *askingTheServer(subject: Subject): AsyncGenerator<Named> {
    const reach = await this.examine(subject, 'reach');
    const output = reach.asked && !reach.ok ? await this.outputOf(subject) : [];
    const way = judgeReach(subject, reach, output);
    yield* way;
    if (way.some(([, { status }]) => status === 'failed')) {
      for (const name of HANDSHAKES) yield [name, skipped(NOT_REACHED)];
      return;
    }
    yield* some('oauth', judgeTokens(subject, await this.examine(subject, 'tokens')));
    const newer = await this.examine(subject, 'newer');
    yield ['newer', judgeEra(subject, newer)];
    const older = await this.examine(subject, 'older');
    yield ['older', judgeEra(subject, older)];
    yield ['mcp', judgeMcp(subject, { newer, older })];
  }

  private async examine({ id }: Subject, what: Examination): Promise<ExamineReply> {
    return (await this.orSilence(() => this.engine.examine(id, what))) ?? NOBODY;
  }

  private async outputOf({ id, spec }: Subject): Promise<readonly string[]> {
    if (spec.type === 'url') return [];
    return (await this.orSilence(() => this.engine.logs(id, EVIDENCE_LINES)))?.lines ?? [];
  }

  /** Silence is a finding, not a failure of the diagnosis. */
  private async orSilence<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      this.logger.debug(`no answer: ${String(error)}`);
      return undefined;
    }
  }
}

type Named = readonly [CheckName, Finding];

function* some(name: CheckName, finding: Finding | undefined): Generator<Named> {
  if (finding !== undefined) yield [name, finding];
}

const checkOf = (name: CheckName, { status, detail, evidence = [] }: Finding, durationMs: number): Check => ({
  ...{ name, title: TITLES[name], status, detail, evidence },
  ok: status !== 'failed',
  duration_ms: durationMs,
});
