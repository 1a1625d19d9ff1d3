import { type JsonObject, type JsonValue } from '@app/kernel';
import { META, NEWER_VERSIONS } from '@app/mcp';
import { type DegradedMember, type Description } from './conversation';

/** Who a client talks to: us, whoever stands behind. */
export const SERVER_INFO = { name: 'quayside', title: 'Quayside', version: '1.0.0' } as const;
const DEGRADED = 'quayside/degraded';

export function initializeResult(protocolVersion: string, description: Description): JsonObject {
  // Extensions are a word of the newer era, and tasks of this one are another thing by the same name.
  const { extensions: _extensions, tasks: _tasks, ...capabilities } = description.capabilities;
  return {
    protocolVersion,
    capabilities,
    serverInfo: SERVER_INFO,
    ...instructionsOf(description),
    ...(description.degraded.length === 0 ? {} : { _meta: { [DEGRADED]: degradedOf(description.degraded) } }),
  };
}

export function discoverResult(description: Description): JsonObject {
  const { tasks: _tasks, ...capabilities } = description.capabilities;
  return {
    resultType: 'complete',
    supportedVersions: NEWER_VERSIONS,
    capabilities,
    ...instructionsOf(description),
    ttlMs: Math.floor(description.ttlMs),
    cacheScope: description.cacheScope,
    _meta: {
      [META.serverInfo]: SERVER_INFO,
      ...(description.degraded.length === 0 ? {} : { [DEGRADED]: degradedOf(description.degraded) }),
    },
  };
}

const instructionsOf = ({ instructions }: Description): JsonObject =>
  instructions === undefined ? {} : { instructions };

const degradedOf = (members: readonly DegradedMember[]): JsonValue =>
  members.map(({ serverName, reason, since, nextAttemptAt }) => ({
    server_name: serverName,
    reason,
    since: since?.toISOString() ?? null,
    next_attempt_at: nextAttemptAt?.toISOString() ?? null,
  }));
