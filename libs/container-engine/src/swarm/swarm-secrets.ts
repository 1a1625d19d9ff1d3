import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type Dockerode from 'dockerode';
import { type ContainerSecretDelivery } from '../container-engine';
import { containerName, type ContainerSpec, LABELS } from '../container-spec';
import { type DockerCalls, isConflict, isNotFound, unless } from '../docker/docker-calls';
import { userOf } from '../docker/hardening';
import { environmentBlock } from '../secrets/environment-block';
import { labelFilter } from './swarm-objects';
import { SWARM_LABELS, YOUNG_MS } from './swarm-status';

/** Swarm mounts secrets into this folder, each as a file in memory. */
export const SECRETS_FOLDER = '/run/secrets';
export const LAUNCHER_TARGET = '/run/quayside-launcher';
const BLOCK_FILE = 'env';
const OWNER_ONLY = 0o400;
const ALL_RUN = 0o555;

interface ListedSecret {
  readonly ID: string;
  readonly CreatedAt: string;
  readonly Spec: { readonly Labels?: Readonly<Record<string, string>> };
}

/** Secrets of containers as secrets of Swarm, which go to the nodes that run them and to no other. */
export class SwarmSecrets {
  constructor(
    private readonly calls: DockerCalls,
    readonly launcherPath: string | undefined,
  ) {}

  /** Why files of secrets cannot be made; undefined when they can. */
  filesObstacle({ secrets }: ContainerSpec): string | undefined {
    const isEmpty = [...(secrets?.values.values() ?? [])].some((value) => value === '');
    return isEmpty ? 'a secret of Swarm cannot be empty' : undefined;
  }

  async make(
    spec: ContainerSpec,
    delivery: ContainerSecretDelivery | undefined,
  ): Promise<Dockerode.SecretReference[]> {
    const values = spec.secrets?.values ?? new Map<string, string>();
    if (delivery === 'file')
      return Promise.all([...values].map(([name, value]) => this.#create(spec, name, Buffer.from(value))));
    if (delivery === 'launcher') return [await this.#create(spec, BLOCK_FILE, environmentBlock(values))];
    return [];
  }

  /** The launcher, as a file that every node gets: it is the same for all containers, so it stays. */
  async launcherConfig(): Promise<object> {
    const bytes = await readFile(this.launcherPath ?? '');
    const name = `quayside-launcher-${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;
    const body = { Name: name, Labels: {}, Data: bytes.toString('base64') };
    await unless(
      isConflict,
      this.calls.call('store the launcher', (docker, abortSignal) =>
        docker.createConfig({ _query: {}, _body: body, abortSignal }),
      ),
    );
    const found = (await this.calls.call('find the launcher', (docker, abortSignal) =>
      docker.listConfigs({ filters: { name: [name] }, abortSignal }),
    )) as unknown as readonly { readonly ID: string; readonly Spec: { readonly Name: string } }[];
    const id = found.find(({ Spec }) => Spec.Name === name)?.ID;
    return {
      ConfigID: id,
      ConfigName: name,
      File: { Name: LAUNCHER_TARGET, UID: '0', GID: '0', Mode: ALL_RUN },
    };
  }

  launcherCall(): readonly string[] {
    return [LAUNCHER_TARGET, '--file', `${SECRETS_FOLDER}/${BLOCK_FILE}`];
  }

  async remove(references: readonly Dockerode.SecretReference[]): Promise<void> {
    for (const { SecretID } of references) if (SecretID !== undefined) await this.#remove(SecretID);
  }

  /** Those of a service that is gone. */
  async removeOf(installation: string, service: string): Promise<void> {
    for (const { ID, Spec } of await this.#list(installation))
      if (Spec.Labels?.[SWARM_LABELS.of] === service) await this.#remove(ID);
  }

  async sweep(installation: string, services: ReadonlySet<string>): Promise<void> {
    for (const { ID, Spec, CreatedAt } of await this.#list(installation)) {
      const isOld = Date.now() - new Date(CreatedAt).getTime() > YOUNG_MS;
      if (isOld && !services.has(Spec.Labels?.[SWARM_LABELS.of] ?? '')) await this.#remove(ID);
    }
  }

  async #create(spec: ContainerSpec, file: string, value: Buffer): Promise<Dockerode.SecretReference> {
    const { uid, gid } = userOf(spec);
    // Of its own each time: a secret never changes, and one that a broken create left may hold another value.
    const name = `quayside-${randomBytes(16).toString('hex')}`;
    const { installation, instanceId } = spec.identity;
    const labels = {
      [LABELS.installation]: installation,
      [LABELS.instance]: instanceId,
      [SWARM_LABELS.of]: containerName(spec.identity),
    };
    const body = { Name: name, Labels: labels, Data: value.toString('base64') };
    const made = (await this.calls.call('store a secret', (docker, abortSignal) =>
      docker.createSecret({ _query: {}, _body: body, abortSignal }),
    )) as { readonly id: string };
    return {
      SecretID: made.id,
      SecretName: name,
      File: { Name: file, UID: String(uid), GID: String(gid), Mode: OWNER_ONLY },
    };
  }

  async #list(installation: string): Promise<readonly ListedSecret[]> {
    const label = labelFilter({ installation });
    return (await this.calls.call('list secrets', (docker, abortSignal) =>
      docker.listSecrets({ filters: { label }, abortSignal }),
    )) as unknown as readonly ListedSecret[];
  }

  async #remove(id: string): Promise<void> {
    await unless(
      isNotFound,
      this.calls.call('remove a secret', (docker, abortSignal) =>
        docker.getSecret(id).remove({ abortSignal }),
      ),
    );
  }
}
