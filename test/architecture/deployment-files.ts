import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './sources';

/** What the tests read of a service, in a compose file or in a stack. */
export interface Service {
  readonly image?: string;
  readonly user?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly network_mode?: string;
  readonly networks?: readonly string[];
  readonly logging?: { readonly driver: string; readonly options: Readonly<Record<string, string>> };
  readonly mem_limit?: string;
  readonly cpus?: number;
  readonly pids_limit?: number;
  readonly depends_on?: Readonly<Record<string, object>>;
  readonly secrets?: readonly { readonly source: string }[];
  readonly deploy?: {
    readonly replicas: number;
    readonly placement?: { readonly constraints?: readonly string[] };
    readonly restart_policy?: { readonly condition: string };
    readonly update_config?: { readonly failure_action?: string; readonly order?: string };
    readonly rollback_config?: object;
    readonly resources?: {
      readonly limits?: { readonly cpus: string; readonly memory: string; readonly pids: number };
    };
  };
}
export interface DeploymentFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets?: Readonly<Record<string, { readonly external?: boolean }>>;
}

export const COMPOSE_FILES = ['docker/compose.yaml', 'docker/compose.staging.yaml'];
export const STACK = 'deploy/swarm/stack.yaml';
export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
export const parsed = (path: string): DeploymentFile =>
  parse(read(path), { merge: true, maxAliasCount: -1 }) as DeploymentFile;

export interface Found {
  readonly file: string;
  readonly name: string;
  readonly service: Service;
}
export const servicesOf = (file: string): readonly Found[] =>
  Object.entries(parsed(file).services).map(([name, service]) => ({ file, name, service }));

/** Ours are all made from one image, whatever it is called. */
export const isOurs = ({ image = '' }: Service): boolean => /^(quayside:|\$\{QUAYSIDE_IMAGE)/.test(image);
export const programOf = ({ command = [] }: Service): string => command[0] ?? '';
export const isOneShot = ({ restart, deploy }: Service): boolean =>
  restart === 'no' || deploy?.restart_policy?.condition === 'on-failure';

/** A value as a tool would fill it in: the default of a variable, the first place of a service. */
export const filledIn = (value: string): string =>
  value
    .replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')
    .replaceAll(/\$\{PUBLIC_URL:\?[^}]*\}/g, 'https://quayside.example.com')
    .replaceAll('{{.Task.Slot}}', '1');
