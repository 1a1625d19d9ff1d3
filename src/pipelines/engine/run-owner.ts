import { actorOf, principalOfRequest, requestContext } from '@app/telemetry';
import { type TaskOwner } from '../../tasks';

/** In whose name a run works. Ids only: what they may do is looked up when it is done. */
export type RunOwner = TaskOwner;

/** Whoever asks now. */
export function ownerOfRequest(): RunOwner {
  const { workspaceId, userId, keyId, agentId } = principalOfRequest();
  return { workspaceId, submittedBy: actorOf(requestContext.get()), userId, keyId, agentId };
}
