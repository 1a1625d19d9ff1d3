import { type ContainerReport } from '@app/contracts';
import { withRowVersion } from '@app/http';
import { type InstanceState } from '../domain/instance';
import { instanceTag } from '../domain/instance-tag';
import { type InstanceView } from '../queries/instance-view';
import { type ContainerDto, type InstanceDto } from './instance.dto';

const ACCEPTED = 'Accepted; the provisioner has not looked at it yet.';

/** Values inside become the body outside; an answer to a change may add its own members. */
export function presentInstance(
  view: InstanceView,
  publicUrl: string,
  more: Partial<InstanceDto> = {},
): InstanceDto {
  const body: InstanceDto = {
    ...presentWish(view),
    status: view.status,
    reason: view.reason,
    since: view.since.toISOString(),
    endpoint: endpointOf(publicUrl, view.name),
    ...presentContainers(view.containers),
    attempt: view.attempt,
    next_attempt_at: view.nextAttemptAt?.toISOString() ?? null,
    tools: view.tools,
    era: view.era,
    latency_ms: view.latencyMs,
    last_checked_at: view.lastCheckedAt?.toISOString() ?? null,
    ...presentExceptions(view),
    ...more,
  };
  return withRowVersion(body, instanceTag(view.rowVersion, view.statusSequence));
}

const presentWish = (view: InstanceView) => ({
  id: view.id,
  name: view.name,
  description: view.description,
  labels: view.labels,
  server_spec_id: view.serverSpecId,
  agent_id: view.agentId,
  json_spec: view.spec,
  undeclared_environment: view.undeclaredEnvironment,
  desired_state: view.desired,
  generation: view.generation,
  replicas: view.replicas,
  created_at: view.createdAt.toISOString(),
  updated_at: view.updatedAt.toISOString(),
});

/** `container` is the first one; the list appears only when there are more. */
function presentContainers(reports: readonly ContainerReport[]): Partial<InstanceDto> {
  const containers = reports.map(presentContainer);
  const [first] = containers;
  if (first === undefined) return {};
  return containers.length > 1 ? { container: first, containers } : { container: first };
}

/** Members that most instances do not have. */
const presentExceptions = ({
  lastError,
  secretDelivery,
  secretDeliveryReason,
}: InstanceView): Partial<InstanceDto> => ({
  ...(lastError === null ? {} : { last_error: lastError }),
  ...(secretDelivery === null ? {} : { secret_delivery: secretDelivery }),
  ...(secretDeliveryReason === null ? {} : { secret_delivery_reason: secretDeliveryReason }),
});

export const endpointOf = (publicUrl: string, name: string): string => `${publicUrl}/servers/${name}/mcp`;

/** A new instance as its readers will see it: nothing was seen of it yet, so nothing has to be read back. */
export const viewOfNew = (state: InstanceState): InstanceView => ({
  ...state,
  status: 'requested',
  reason: ACCEPTED,
  since: state.createdAt,
  statusSequence: 0,
  attempt: 0,
  nextAttemptAt: null,
  containers: [],
  tools: null,
  era: null,
  latencyMs: null,
  lastError: null,
  secretDelivery: null,
  secretDeliveryReason: null,
  lastCheckedAt: null,
});

const presentContainer = (report: ContainerReport): ContainerDto => {
  const { id, image, image_digest, port, engine, session } = report;
  return { id, image, image_digest, port, engine, ...(session !== undefined && { session }) };
};
