import {
  type ContainerSpec,
  DEFAULT_LIMITS,
  type ContainerLimits,
  type ContainerSecrets,
  type Workload,
} from '@app/container-engine';
import { type DockerSpec, type ResourceLimits, type StdioSpec } from '@app/contracts';
import { type Desired, needsBridge } from '../decide/desired';
import { type ContainerEnvironment } from './instance-secrets';

export type ContainedSpec = DockerSpec | StdioSpec;

export interface ContainerPlan {
  readonly installation: string;
  readonly desired: Desired;
  readonly spec: ContainedSpec;
  readonly replica: number;
  /** Where it is made for one session of a client. */
  readonly session?: string;
  readonly environment: ContainerEnvironment;
  readonly networkId: string | undefined;
  readonly requiresStrongDelivery: boolean;
}

export function containerSpecOf(plan: ContainerPlan): ContainerSpec {
  const { desired, spec, environment, networkId } = plan;
  const { command } = commandOf(spec);
  const secrets = secretsOf(plan);
  return {
    identity: {
      installation: plan.installation,
      instanceId: desired.instanceId,
      generation: desired.containerGeneration,
      replica: plan.replica,
      ...(plan.session !== undefined && { session: plan.session }),
      specHash: desired.specHash,
    },
    workload: workloadOf(spec),
    environment: environment.plain,
    limits: limitsOf(spec.resources),
    stdio: needsBridge(spec),
    ...(command !== undefined && { command }),
    ...(secrets !== undefined && { secrets }),
    ...(networkId !== undefined && { networkId }),
    ...(spec.type === 'docker' && spec.port !== undefined && { port: spec.port }),
  };
}

const workloadOf = (spec: ContainedSpec): Workload =>
  spec.type === 'docker' ? { kind: 'image', image: spec.image } : { kind: 'bundled', name: spec.command };

const commandOf = (spec: ContainedSpec): { readonly command: readonly string[] | undefined } => ({
  command: spec.type === 'docker' ? spec.command : spec.args,
});

function secretsOf({
  spec,
  environment,
  requiresStrongDelivery,
}: ContainerPlan): ContainerSecrets | undefined {
  if (environment.secret.size === 0) return undefined;
  return {
    values: environment.secret,
    // Only a template that says so takes files: an image that reads the variable would find nothing.
    acceptsFiles: spec.type === 'docker' && (spec.secret_delivery?.includes('file') ?? false),
    allowPlainEnvironment: !requiresStrongDelivery,
  };
}

export const limitsOf = ({ memory_limit, cpu_limit, pids_limit }: ResourceLimits = {}): ContainerLimits => ({
  memoryBytes: memory_limit === undefined ? DEFAULT_LIMITS.memoryBytes : bytesOf(memory_limit),
  cpus: cpu_limit === undefined ? DEFAULT_LIMITS.cpus : Number(cpu_limit),
  pids: pids_limit ?? DEFAULT_LIMITS.pids,
});

const UNITS: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const SIZE = /^(\d+(?:\.\d+)?)([bkmg])?b?$/i;

/** Docker's spelling, checked when the spec was saved; what is not a size means the default, never "no limit". */
function bytesOf(text: string): number {
  const match = SIZE.exec(text.trim());
  const unit = UNITS[(match?.[2] ?? 'b').toLowerCase()];
  return match?.[1] === undefined || unit === undefined
    ? DEFAULT_LIMITS.memoryBytes
    : Math.round(Number(match[1]) * unit);
}
