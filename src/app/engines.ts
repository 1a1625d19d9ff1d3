import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import {
  type ContainerEngine,
  DockerEngine,
  findLauncher,
  ProcessEngine,
  SwarmEngine,
} from '@app/container-engine';
import { BUNDLED } from '../bundled';
import { ProvisionerOptions } from '../provisioner';
import { isLoopback } from './egress';
import { launcherForEngine } from './launcher-for-engine';
import { PACKAGE_ROOT } from './package-root';
import { type Platform } from './platform';
import { type Settings } from './settings';

const DEFAULT_SOCKET = '/var/run/docker.sock';
const DEFAULT_DATA_DIR = '/var/lib/quayside';

/** Where containers run; undefined: bundled servers only. With `auto` an engine counts when its socket is there at start. */
export function dockerHost({ CONTAINER_ENGINE, DOCKER_HOST }: Readonly<Settings>): string | undefined {
  if (CONTAINER_ENGINE === 'process') return undefined;
  if (DOCKER_HOST !== undefined) return DOCKER_HOST;
  const isWanted = CONTAINER_ENGINE !== 'auto' || existsSync(DEFAULT_SOCKET);
  return isWanted ? `unix://${DEFAULT_SOCKET}` : undefined;
}

export function engineMode(settings: Readonly<Settings>): string {
  const host = dockerHost(settings);
  return host === undefined
    ? 'process (bundled servers only)'
    : `${settings.CONTAINER_ENGINE === 'swarm' ? 'swarm' : 'docker'} at ${host}, process for bundled servers`;
}

/** The bridge listens where the gateway reaches it: loopback on one machine, else this container's own address. */
function bridgeHost({ SERVER_HOST }: Readonly<Settings>): string {
  if (isLoopback(SERVER_HOST)) return '127.0.0.1';
  if (SERVER_HOST !== '0.0.0.0' && SERVER_HOST !== '::') return SERVER_HOST;
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}

/** What a process writes lies below it: homes of bundled servers, and what an embedded database holds. */
export const dataFolder = ({ DATA_DIR }: Readonly<Settings>): string => DATA_DIR ?? DEFAULT_DATA_DIR;

/** Both speak the same protocol at the same address; of the two only the user can say which is meant. */
function containerEngine(host: string, settings: Readonly<Settings>, secretsFolder: string): ContainerEngine {
  const built = findLauncher(PACKAGE_ROOT);
  const subnetRange = settings.CONTAINER_SUBNETS;
  if (settings.CONTAINER_ENGINE === 'swarm')
    return new SwarmEngine({ host, subnetRange, ...(built !== undefined && { launcherPath: built }) });
  const launcherPath = launcherForEngine(built, secretsFolder);
  return new DockerEngine({
    host,
    subnetRange,
    secretsFolder,
    ...(launcherPath !== undefined && { launcherPath }),
  });
}

export function provisionerOptions(platform: Platform): ProvisionerOptions {
  const { settings, installationId } = platform;
  const host = dockerHost(settings);
  const secretsFolder = `/dev/shm/quayside-${installationId}`;
  return new ProvisionerOptions({
    installationId,
    docker: host === undefined ? undefined : containerEngine(host, settings, secretsFolder),
    bundled: new ProcessEngine({
      bundled: BUNDLED,
      dataDir: join(dataFolder(settings), 'processes'),
    }),
    bridgeHost: bridgeHost(settings),
    maxContainers: settings.MAX_CONTAINERS,
    failpoints: settings.NODE_ENV === 'test',
    failpoint: settings.FAILPOINT,
  });
}
