import { randomBytes, randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { MemoryEngine, type MemoryEngineOptions } from '@app/container-engine';
import { type DesiredState, type InstanceSpec, type InstanceStatusReportedV1 } from '@app/contracts';
import { EgressPolicy, Keyring } from '@app/security';
import { Scrubber } from '@app/telemetry';
import { eventually, testDatabase, type TestDatabase } from '@app/testing';
import { MIGRATIONS } from '../../../../src/migrations';
import { Provisioner, ProvisionerOptions, type ProvisionerSettings } from '../../../../src/provisioner';
import { type Prober } from '../../../../src/provisioner/probe/prober';
import { SecretKeepers, Surroundings } from '../../../../src/provisioner/surroundings';
import { SecretReader } from '../../../../src/secrets';
import { FakeProber } from './fake-prober';
import { MortalEngine } from './mortal-engine';
import { RecordedQueues } from './recorded-queues';

type MemoryContainer = NonNullable<ReturnType<MemoryEngine['containers']['get']>>;

export const IMAGE = 'example/server:1';
export const INSTALLATION = 'spec';
const TIMING = {
  probeIntervalMs: 100,
  probeTimeoutMs: 200,
  firstBackoffMs: 1,
  sweepEveryMs: 300,
  repeatReportAfterMs: 60_000,
  repeatUnheardAfterMs: 5_000,
};

/** One provisioner process of a spec. */
export interface Process {
  readonly provisioner: Provisioner;
  /** Power cut: nothing it does has any effect from here on. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** A database, two engines and a queue, over which provisioners come and go. */
export class World {
  readonly docker: MemoryEngine;
  readonly bundled: MemoryEngine;
  readonly prober = new FakeProber();
  readonly queues = new RecordedQueues();
  readonly secrets = new Map<string, string>();
  /** Why no secret can be read, while it is set. */
  secretFault: Error | undefined;
  readonly secretReads: string[] = [];
  readonly scrubber = new Scrubber();
  readonly keyring = Keyring.fromSetting(randomBytes(32).toString('base64'));
  readonly #processes = new Set<Process>();

  private constructor(
    private readonly database: TestDatabase,
    engine: MemoryEngineOptions,
  ) {
    this.docker = new MemoryEngine(engine);
    this.bundled = new MemoryEngine(engine);
    this.docker.addImage(IMAGE);
  }

  static async open(engine: MemoryEngineOptions = {}): Promise<World> {
    Logger.overrideLogger(false);
    return new World(await testDatabase({ migrations: MIGRATIONS }), engine);
  }

  get db(): TestDatabase['db'] {
    return this.database.db;
  }

  async close(): Promise<void> {
    for (const process of this.#processes) await process.stop();
    await this.database.drop();
  }

  async start(settings: Partial<ProvisionerSettings> = {}, prober: Prober = this.prober): Promise<Process> {
    let isAlive = true;
    const alive = (): boolean => isAlive;
    const options = new ProvisionerOptions({
      installationId: INSTALLATION,
      docker: new MortalEngine(this.docker, alive),
      bundled: new MortalEngine(this.bundled, alive),
      bridgeHost: '127.0.0.1',
      ...settings,
      timing: { ...TIMING, ...settings.timing },
    });
    const provisioner = new Provisioner(
      options,
      new Surroundings(this.db, this.queues, new EgressPolicy({}), prober),
      new SecretKeepers(this.#reader(), this.keyring, this.scrubber),
    );
    await provisioner.onApplicationBootstrap();
    const stop = async (): Promise<void> => {
      this.#processes.delete(process);
      await provisioner.beforeApplicationShutdown();
    };
    const process: Process = {
      provisioner,
      stop,
      kill: async () => {
        isAlive = false;
        // The children of a process die with it.
        for (const id of [...this.bundled.containers.keys()]) await this.bundled.remove(id);
        await stop();
      },
    };
    this.#processes.add(process);
    return process;
  }

  /** Accepts an instance, as its command handler would. */
  async want(spec: InstanceSpec, over: { name?: string; replicas?: number } = {}): Promise<string> {
    const id = randomUUID();
    const name = over.name ?? `s${id.slice(0, 8)}`;
    await this.db.execute(
      `INSERT INTO instances (id, name, json_spec, desired_state, generation, replicas) VALUES ($1, $2, $3, 'running', 1, $4)`,
      [id, name, JSON.stringify(spec), over.replicas ?? 1],
    );
    return id;
  }

  /** Changes what is wanted; each change is a new generation. Returns it. */
  async change(
    id: string,
    over: { state?: DesiredState; spec?: InstanceSpec; replicas?: number } = {},
  ): Promise<number> {
    const [row] = await this.db.query<{ generation: number }>(
      `UPDATE instances SET desired_state = coalesce($2, desired_state), json_spec = coalesce($3, json_spec),
              replicas = coalesce($4, replicas), generation = generation + 1 WHERE id = $1 RETURNING generation`,
      [
        id,
        over.state ?? null,
        over.spec === undefined ? null : JSON.stringify(over.spec),
        over.replicas ?? null,
      ],
    );
    return row?.generation ?? 0;
  }

  /** Another number of replicas alone: a new generation with the containers of the one before. */
  async scale(id: string, replicas: number): Promise<number> {
    const [row] = await this.db.query<{ generation: number }>(
      `UPDATE instances SET replicas = $2, generation = generation + 1, container_generation_for = generation + 1,
              container_generation = CASE WHEN container_generation_for = generation THEN container_generation ELSE generation END
        WHERE id = $1 RETURNING generation`,
      [id, replicas],
    );
    return row?.generation ?? 0;
  }

  /** The row goes, as when the projector has seen the last report. */
  async forget(id: string): Promise<void> {
    await this.db.execute(`UPDATE instances SET deleted_at = now() WHERE id = $1`, [id]);
  }

  reports(id: string): InstanceStatusReportedV1[] {
    return this.queues.reports.filter(({ instance_id }) => instance_id === id);
  }

  phases(id: string): string[] {
    const phases = this.reports(id).map(({ phase }) => phase);
    return phases.filter((phase, at) => phase !== phases[at - 1]);
  }

  /** Waits until the newest report of the instance has this phase (and generation). */
  reaches(id: string, phase: string, generation?: number): Promise<InstanceStatusReportedV1> {
    return eventually(() => {
      const last = this.reports(id).at(-1);
      expect(last?.phase).toBe(phase);
      if (generation !== undefined) expect(last?.generation).toBe(generation);
      return last!;
    });
  }

  containersOf(id: string, engine: MemoryEngine = this.docker): MemoryContainer[] {
    return [...engine.containers.values()].filter(({ spec }) => spec.identity.instanceId === id);
  }

  #reader(): SecretReader {
    const read: SecretReader['read'] = (references) => {
      this.secretReads.push(...references);
      if (this.secretFault !== undefined) return Promise.reject(this.secretFault);
      return Promise.resolve(
        new Map(references.map((ref) => [ref, { value: this.secrets.get(ref) ?? '', version: 1 }])),
      );
    };
    return Object.assign(Object.create(SecretReader.prototype) as SecretReader, { read });
  }
}
