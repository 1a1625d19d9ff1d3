import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { principalOfRequest } from '@app/telemetry';

/** The administrators of the first workspace administer the installation: they read everybody's rows, others their own. */
export function workspaceRead(): string | undefined {
  const { workspaceId, role } = principalOfRequest();
  return workspaceId === DEFAULT_WORKSPACE_ID && role === 'admin' ? undefined : workspaceId;
}
