import type Dockerode from 'dockerode';
import { type ContainerSecretDelivery, type ImageInfo } from '../container-engine';
import { containerName, type ContainerSpec, LABELS, labelsOf } from '../container-spec';
import { MEBIBYTE, NANO, OPEN_FILES, TMP_MEBIBYTES, userOf, volumesInMemory } from '../docker/hardening';
import { environmentEntries } from '../secrets/environment-block';
import { type DeliveryChoice } from '../secrets/secret-delivery';
import { type ServiceSpec } from './swarm-objects';
import { SWARM_LABELS } from './swarm-status';
import { SECRETS_FOLDER } from './swarm-secrets';

const NANOSECONDS_PER_SECOND = 1_000_000_000;
/** What the provisioner gives a server to end by itself: on other nodes Swarm is the one who waits. */
const GRACE_S = 10;
/** Of an image that says nothing of its port. */
const DEFAULT_PORT = 8080;
const STICKY_FOR_ALL = 0o1777;
const DEAD_NAME_SERVER = '127.0.0.1';

export interface ServiceParts {
  readonly spec: ContainerSpec;
  readonly reference: string;
  readonly image: ImageInfo;
  readonly choice: DeliveryChoice | undefined;
  readonly network: string;
  readonly secrets: readonly Dockerode.SecretReference[];
  /** What goes before the image's own program, and the file that it is in. */
  readonly launcher: { readonly call: readonly string[]; readonly config: object } | undefined;
  /** Set where the container must run beside whoever attaches to it. */
  readonly node: string | undefined;
}

/** Where a door leads to; undefined for what nobody calls over a network. */
export const portOf = ({ spec, image }: Pick<ServiceParts, 'spec' | 'image'>): number | undefined =>
  spec.stdio || spec.networkId === undefined
    ? undefined
    : (spec.port ?? image.exposedPorts[0] ?? DEFAULT_PORT);

/** What every service is made with, as hardening.ts says it for a container; there is no way around it. */
export function serviceSpecOf(parts: ServiceParts): ServiceSpec {
  const { spec, choice, network, node } = parts;
  const port = portOf(parts);
  const labels = {
    ...labelsOf(spec.identity),
    ...(choice !== undefined && {
      [LABELS.secretDelivery]: choice.delivery,
      [LABELS.secretDeliveryReason]: choice.reason,
    }),
    ...(port !== undefined && { [SWARM_LABELS.port]: String(port) }),
  };
  return {
    Name: containerName(spec.identity),
    Labels: labels,
    Mode: { Replicated: { Replicas: 0 } },
    // The gateway spreads calls over replicas itself, so no virtual address is wanted.
    EndpointSpec: { Mode: 'dnsrr' },
    TaskTemplate: {
      ContainerSpec: containerOf(parts, labels),
      Resources: resourcesOf(spec),
      RestartPolicy: { Condition: 'none' },
      Placement: node === undefined ? {} : { Constraints: [`node.id==${node}`] },
      Networks: [{ Target: network }],
      // The output of a stdio server is the protocol itself: stored, it would be every tool result in the clear.
      LogDriver: spec.stdio
        ? { Name: 'none' }
        : { Name: 'json-file', Options: { 'max-size': '10m', 'max-file': '3' } },
    },
  };
}

function containerOf(parts: ServiceParts, labels: Record<string, string>): Dockerode.ContainerSpec {
  const { spec, reference, image, choice, secrets, launcher } = parts;
  const { uid, gid } = userOf(spec);
  const command = spec.command === undefined || spec.command.length === 0 ? image.cmd : spec.command;
  const configured = {
    Image: image.digest ?? reference,
    // Also on the container itself, so that its events say whose it is.
    Labels: labels,
    User: `${uid}:${gid}`,
    ...(launcher !== undefined && {
      Command: [...launcher.call, ...image.entrypoint],
      Configs: [launcher.config] as Dockerode.ConfigReference[],
    }),
    ...(command.length > 0 && { Args: [...command] }),
    Env: Object.entries(environmentOf(spec, choice?.delivery)).map(([name, value]) => `${name}=${value}`),
    Secrets: [...secrets],
    OpenStdin: spec.stdio,
    TTY: false,
    StopGracePeriod: GRACE_S * NANOSECONDS_PER_SECOND,
    DNSConfig: { Nameservers: [DEAD_NAME_SERVER], Options: ['timeout:1', 'attempts:1'] },
    HealthCheck: { Test: ['NONE'] },
    ...hardened(parts),
  };
  return configured;
}

/** NoNewPrivileges is known to newer engines only; an older one passes over it, which its user and capabilities outweigh. */
const hardened = ({ image }: ServiceParts) => ({
  ReadOnly: true,
  Init: true,
  CapabilityDrop: ['ALL'],
  CapabilityAdd: [],
  Privileges: { NoNewPrivileges: true } as Dockerode.Privileges,
  Mounts: ['/tmp', ...volumesInMemory(image.volumes)].map((path) => ({
    Type: 'tmpfs' as const,
    Source: '',
    Target: path,
    // Swarm cannot give it to a user; without execution, devices and set-user-id by the engine's own default.
    TmpfsOptions: { SizeBytes: TMP_MEBIBYTES * MEBIBYTE, Mode: STICKY_FOR_ALL },
  })),
  Ulimits: [
    { Name: 'nofile', Soft: OPEN_FILES, Hard: OPEN_FILES },
    { Name: 'core', Soft: 0, Hard: 0 },
  ],
});

function resourcesOf({ limits }: ContainerSpec): Dockerode.ResourceRequirements {
  const { memoryBytes, cpus, pids } = limits;
  return { Limits: { MemoryBytes: memoryBytes, NanoCPUs: Math.round(cpus * NANO), Pids: pids } };
}

function environmentOf(
  { environment, secrets }: ContainerSpec,
  delivery: ContainerSecretDelivery | undefined,
): Readonly<Record<string, string>> {
  if (secrets === undefined) return environment;
  if (delivery === 'env')
    return { ...environment, ...Object.fromEntries(environmentEntries(secrets.values)) };
  if (delivery !== 'file') return environment;
  const files = [...secrets.values.keys()].map((name) => [`${name}_FILE`, `${SECRETS_FOLDER}/${name}`]);
  return { ...environment, ...(Object.fromEntries(files) as Record<string, string>) };
}
