import { shortId } from '@app/kernel';

/** Who a container is. Written to its labels: the provisioner keeps no memory, the engine does. */
export interface ContainerIdentity {
  readonly installation: string;
  readonly instanceId: string;
  readonly generation: number;
  /** From 0. */
  readonly replica: number;
  /** Of a container that belongs to one session of a client; such a one is never adopted. */
  readonly session?: string;
  /** Hash of everything the container was made from; a create that meets its own name compares it. */
  readonly specHash: string;
}

/** What runs: an image of the container engine, or a program that ships with us (process engine only). */
export type Workload =
  { readonly kind: 'image'; readonly image: string } | { readonly kind: 'bundled'; readonly name: string };

export interface ContainerLimits {
  readonly memoryBytes: number;
  /** Cores; 0.5 is half a core. */
  readonly cpus: number;
  readonly pids: number;
}

export const DEFAULT_LIMITS: ContainerLimits = { memoryBytes: 256 * 1024 * 1024, cpus: 0.5, pids: 128 };

export interface ContainerSecrets {
  readonly values: ReadonlyMap<string, string>;
  /** True where the image says that it reads `NAME_FILE`. */
  readonly acceptsFiles: boolean;
  /** False refuses the container when nothing stronger than the plain environment is possible. */
  readonly allowPlainEnvironment: boolean;
}

/** Typed fields only: nobody can smuggle a raw engine option through this. */
export interface ContainerSpec {
  readonly identity: ContainerIdentity;
  readonly workload: Workload;
  /** Replaces the image's command, or is appended to a bundled program's own arguments. */
  readonly command?: readonly string[];
  /** Never a secret: this is part of the container's configuration, which the engine shows to its users. */
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets?: ContainerSecrets;
  readonly limits: ContainerLimits;
  /** The protocol runs over stdin and stdout; the engine then stores no output, because it would be tool results. */
  readonly stdio: boolean;
  /** Id of the instance's network; without one the container has no network at all, or one that nobody else is in. */
  readonly networkId?: string;
  /** Where it serves, when that is not the first port that its image exposes; an engine may have to lead the way there. */
  readonly port?: number;
  /** Another user than 65532 needs an administrator's approval, which the caller has checked. Never 0. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

export const LABELS = {
  installation: 'quayside.installation',
  instance: 'quayside.instance',
  generation: 'quayside.generation',
  replica: 'quayside.replica',
  session: 'quayside.session',
  specHash: 'quayside.spec-hash',
  /** How secrets were delivered, so that whoever adopts the container can say it. */
  secretDelivery: 'quayside.secret-delivery',
  secretDeliveryReason: 'quayside.secret-delivery-reason',
} as const;

export function containerName({ instanceId, generation, replica, session }: ContainerIdentity): string {
  const place = `quayside-${shortId(instanceId)}-g${generation}-r${replica}`;
  return session === undefined ? place : `${place}-s${session}`;
}

export const networkName = (instanceId: string): string => `quayside-${shortId(instanceId)}`;

/** Names of interfaces have at most 15 characters. One prefix for all, so that one firewall rule covers them. */
export const bridgeName = (instanceId: string): string => `qsb-${shortId(instanceId).slice(0, 11)}`;

export function labelsOf(identity: ContainerIdentity): Record<string, string> {
  return {
    [LABELS.installation]: identity.installation,
    [LABELS.instance]: identity.instanceId,
    [LABELS.generation]: String(identity.generation),
    [LABELS.replica]: String(identity.replica),
    ...(identity.session !== undefined && { [LABELS.session]: identity.session }),
    [LABELS.specHash]: identity.specHash,
  };
}

/** undefined when the labels are not ours, or not whole. */
export function identityOf(labels: Readonly<Record<string, string>>): ContainerIdentity | undefined {
  const installation = labels[LABELS.installation];
  const instanceId = labels[LABELS.instance];
  const specHash = labels[LABELS.specHash];
  const session = labels[LABELS.session];
  const generation = Number(labels[LABELS.generation]);
  const replica = Number(labels[LABELS.replica]);
  if (installation === undefined || instanceId === undefined || specHash === undefined) return undefined;
  if (!Number.isInteger(generation) || !Number.isInteger(replica)) return undefined;
  return {
    installation,
    instanceId,
    specHash,
    generation,
    replica,
    ...(session !== undefined && { session }),
  };
}

export const sameIdentity = (a: ContainerIdentity, b: ContainerIdentity | undefined): boolean =>
  a.installation === b?.installation &&
  a.instanceId === b.instanceId &&
  a.generation === b.generation &&
  a.replica === b.replica &&
  a.session === b.session &&
  a.specHash === b.specHash;
