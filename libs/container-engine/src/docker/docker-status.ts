import { constants } from 'node:os';
import { type ContainerInfo, type ContainerInspectInfo, type ImageInspectInfo } from 'dockerode';
import {
  type ContainerDetails,
  type ContainerSecretDelivery,
  type ContainerState,
  type ContainerStatus,
  type ImageInfo,
} from '../container-engine';
import { identityOf, LABELS } from '../container-spec';

/** A paused container still holds its place; one that is being restarted by somebody runs, on and off. */
const STATES: Readonly<Record<string, ContainerState>> = {
  created: 'created',
  running: 'running',
  paused: 'running',
  restarting: 'running',
  removing: 'removing',
  exited: 'exited',
  dead: 'exited',
};
const DELIVERIES: readonly ContainerSecretDelivery[] = ['file', 'launcher', 'stdin', 'env'];
/** A shell's and the engine's way to say "ended by signal n" is 128 + n. */
const SIGNAL_BASE = 128;

export function statusOf({ Id, Names, Image, Labels, State }: ContainerInfo): ContainerStatus {
  return {
    id: Id,
    name: (Names[0] ?? '').replace(/^\//, ''),
    image: Image,
    labels: Labels,
    identity: identityOf(Labels) ?? null,
    state: STATES[State] ?? 'exited',
  };
}

export function detailsOf(info: ContainerInspectInfo, oomKilled: boolean): ContainerDetails {
  const { State: state, Config: config } = info;
  const labels = config.Labels;
  const hasEnded = state.Status === 'exited' || state.Status === 'dead';
  return {
    id: info.Id,
    name: info.Name.replace(/^\//, ''),
    image: config.Image,
    labels,
    identity: identityOf(labels) ?? null,
    state: STATES[state.Status] ?? 'exited',
    imageId: info.Image,
    exitCode: hasEnded ? state.ExitCode : null,
    signal: hasEnded ? signalOf(state.ExitCode) : null,
    oomKilled,
    error: state.Error === '' ? null : state.Error,
    startedAt: dateOf(state.StartedAt),
    finishedAt: hasEnded ? dateOf(state.FinishedAt) : null,
    addresses: state.Running ? addressesOf(info) : [],
    secretDelivery: deliveryOf(labels),
  };
}

export const deliveryOf = (labels: Readonly<Record<string, string>>): ContainerSecretDelivery | null =>
  DELIVERIES.find((delivery) => delivery === labels[LABELS.secretDelivery]) ?? null;

export function imageInfoOf(reference: string, info: ImageInspectInfo): ImageInfo {
  const config = info.Config as ImageConfig | null;
  return {
    id: info.Id,
    digest: digestOf(reference, info.RepoDigests),
    entrypoint: listOf(config?.Entrypoint),
    cmd: config?.Cmd ?? [],
    user: config?.User ?? '',
    exposedPorts: keysOf(config?.ExposedPorts)
      .filter((port) => port.endsWith('/tcp'))
      .map((port) => Number.parseInt(port, 10)),
    volumes: keysOf(config?.Volumes),
  };
}

/** As engines really answer: what is empty may be absent or null. */
interface ImageConfig {
  readonly Entrypoint?: string | string[] | null;
  readonly Cmd?: string[] | null;
  readonly User?: string;
  readonly ExposedPorts?: object | null;
  readonly Volumes?: object | null;
}

function digestOf(reference: string, digests: readonly string[] | null): string | null {
  const repository = reference.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  return digests?.find((digest) => digest.startsWith(`${repository}@`)) ?? digests?.[0] ?? null;
}

const keysOf = (value: object | null | undefined): string[] => Object.keys(value ?? {});

const listOf = (value: string | string[] | null | undefined): string[] =>
  typeof value === 'string' ? [value] : (value ?? []);

const addressesOf = ({ NetworkSettings }: ContainerInspectInfo): string[] =>
  Object.values(NetworkSettings.Networks)
    .map(({ IPAddress }) => IPAddress)
    .filter((address) => address !== '');

export function signalOf(exitCode: number): string | null {
  const entry = Object.entries(constants.signals).find(([, number]) => number === exitCode - SIGNAL_BASE);
  return entry?.[0] ?? null;
}

/** The engine writes the year 1 for "never". */
export function dateOf(text: string): Date | null {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) || date.getTime() <= 0 ? null : date;
}
