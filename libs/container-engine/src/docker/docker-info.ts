import { type EngineInfo } from '../container-engine';

interface DockerInfo {
  readonly SecurityOptions?: readonly string[] | null;
  readonly DefaultRuntime?: string;
}

export function engineInfoOf(version: string, answer: unknown): EngineInfo {
  const { SecurityOptions, DefaultRuntime } = answer as DockerInfo;
  const names = (SecurityOptions ?? []).map((option) => /name=([a-z]+)/.exec(option)?.[1]);
  const appArmor = names.includes('apparmor');
  const rootless = names.includes('rootless');
  const parts = [
    `Containers by ${DefaultRuntime ?? 'the default runtime'}`,
    names.includes('seccomp') ? 'seccomp' : 'no seccomp',
    appArmor ? 'AppArmor' : 'no AppArmor',
    rootless ? 'rootless engine' : 'engine runs as root',
  ];
  return { kind: 'docker', version, isolation: `${parts.join(', ')}.`, appArmor, rootless };
}
