import { type Principal } from '@app/telemetry';

/** In whose name something is used: the workspace always, and whoever else is behind it. */
export interface QuotaOwner {
  readonly workspaceId: string;
  readonly userId?: string | undefined;
  readonly keyId?: string | undefined;
  readonly agentId?: string | undefined;
}

export const ownerOf = ({ workspaceId, userId, keyId, agentId }: Principal): QuotaOwner => ({
  ...{ workspaceId, userId, keyId, agentId },
});

/** As the functions of the database take it. */
export const ownerParams = ({ workspaceId, userId, keyId, agentId }: QuotaOwner) =>
  [workspaceId, userId ?? null, keyId ?? null, agentId ?? null] as const;

export const ownerId = (owner: QuotaOwner): string => JSON.stringify(ownerParams(owner));
