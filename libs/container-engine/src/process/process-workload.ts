import { type ContainerSpec } from '../container-spec';
import { WorkloadNotSupportedError } from '../errors';
import { environmentEntries } from '../secrets/environment-block';
import { type BundledEntry } from './bundled-entry';
import { CHILD_PATH } from './sandbox-probe';

export const imageRefusal = (image: string): WorkloadNotSupportedError =>
  new WorkloadNotSupportedError(
    `The image "${image}" needs a container engine; here only the bundled servers run, as processes.`,
  );

export function entryOf(name: string, bundled: readonly BundledEntry[]): BundledEntry {
  const entry = bundled.find((candidate) => candidate.name === name);
  if (entry === undefined) {
    const names = bundled.map((candidate) => candidate.name).join(', ');
    throw new WorkloadNotSupportedError(`There is no bundled server "${name}"; there are: ${names}.`);
  }
  return entry;
}

/** The entry, when it exists and takes every variable that it would be given. */
export function checkedEntry(spec: ContainerSpec, bundled: readonly BundledEntry[]): BundledEntry {
  if (spec.workload.kind === 'image') throw imageRefusal(spec.workload.image);
  const entry = entryOf(spec.workload.name, bundled);
  const names = [...Object.keys(spec.environment), ...(spec.secrets?.values.keys() ?? [])];
  const unknown = names.find((name) => !entry.environment.includes(name));
  if (unknown !== undefined) {
    throw new WorkloadNotSupportedError(
      `The bundled server "${entry.name}" does not take the variable ${unknown}.`,
    );
  }
  return entry;
}

/** Empty but for what a program cannot do without, and what was declared. Nothing of ours is inherited. */
export const childEnvironment = (
  home: string,
  environment: Readonly<Record<string, string>>,
  secrets: ReadonlyMap<string, string>,
): Record<string, string> => ({
  PATH: CHILD_PATH,
  HOME: home,
  TMPDIR: home,
  LANG: 'C.UTF-8',
  ...environment,
  ...Object.fromEntries(environmentEntries(secrets)),
});
