import { type ContainerDetails, type ContainerFilter, type ContainerStatus } from '../container-engine';
import { type ContainerIdentity, labelsOf } from '../container-spec';
import { type ProcessRecord } from './process-record';

export const matches = (filter: ContainerFilter, identity: ContainerIdentity): boolean =>
  identity.installation === filter.installation &&
  (filter.instanceId === undefined || identity.instanceId === filter.instanceId);

export const statusOf = ({ id, name, entry, identity, state }: ProcessRecord): ContainerStatus => ({
  id,
  name,
  image: entry,
  labels: labelsOf(identity),
  identity,
  state,
});

export function detailsOf(record: ProcessRecord): ContainerDetails {
  const { exitCode, signal, error, startedAt, finishedAt, state } = record;
  return {
    ...statusOf(record),
    imageId: null,
    exitCode,
    signal,
    // Node says so in its last words; the kernel's killer leaves a plain SIGKILL.
    oomKilled: false,
    error,
    startedAt: startedAt === null ? null : new Date(startedAt),
    finishedAt: finishedAt === null ? null : new Date(finishedAt),
    addresses: state === 'running' ? ['127.0.0.1'] : [],
    secretDelivery: record.hasSecrets ? 'launcher' : null,
  };
}
