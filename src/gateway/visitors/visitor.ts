/** A client as it was seen at a face: one caller there, whatever it calls itself by turns. */
export interface Visitor {
  readonly workspaceId: string;
  readonly principalId: string;
  readonly principalName: string;
  readonly face: 'server' | 'endpoint' | 'all';
  /** Of the instance or endpoint; empty for the face of everything. */
  readonly name: string;
  /** As it introduces itself; nobody checks that. */
  readonly client: string;
  readonly clientVersion: string;
  readonly protocolVersion: string;
  /** Times are milliseconds of the epoch; 0 where it did not happen. */
  readonly connectedAtMs: number;
  readonly seenAtMs: number;
  readonly toolsListedAtMs: number;
  readonly calledAtMs: number;
  /** Of the latest call. */
  readonly tool: string;
}

/** What of a visitor changes with what it does. */
type Progress = Pick<Visitor, 'seenAtMs' | 'toolsListedAtMs' | 'calledAtMs' | 'tool'>;

/** Written out: copying whatever is there takes several times as long, and this is done for each session. */
export const progressed = (who: Visitor, now: Progress): Visitor => ({
  workspaceId: who.workspaceId,
  principalId: who.principalId,
  principalName: who.principalName,
  face: who.face,
  name: who.name,
  client: who.client,
  clientVersion: who.clientVersion,
  protocolVersion: who.protocolVersion,
  connectedAtMs: who.connectedAtMs,
  seenAtMs: now.seenAtMs,
  toolsListedAtMs: now.toolsListedAtMs,
  calledAtMs: now.calledAtMs,
  tool: now.tool,
});

/** Two views of the same one, by two processes or at two times: the later word counts, whichever comes first. */
export function merged(a: Visitor, b: Visitor): Visitor {
  const later = a.connectedAtMs <= b.connectedAtMs ? b : a;
  const caller = a.calledAtMs > b.calledAtMs ? a : b;
  return progressed(later, {
    seenAtMs: Math.max(a.seenAtMs, b.seenAtMs),
    toolsListedAtMs: Math.max(a.toolsListedAtMs, b.toolsListedAtMs),
    calledAtMs: caller.calledAtMs,
    tool: caller.tool,
  });
}

export const keyOf = ({
  workspaceId,
  principalId,
  face,
  name,
}: Pick<Visitor, 'workspaceId' | 'principalId' | 'face' | 'name'>): string =>
  `${workspaceId} ${principalId} ${face} ${name}`;

const TEXTS = ['workspaceId', 'principalId', 'principalName', 'name', 'client'] as const;
const MORE_TEXTS = ['clientVersion', 'protocolVersion', 'tool'] as const;
const TIMES = ['connectedAtMs', 'seenAtMs', 'toolsListedAtMs', 'calledAtMs'] as const;
const FACES: ReadonlySet<unknown> = new Set(['server', 'endpoint', 'all']);

/** undefined for what another version of us may say. */
export function readVisitor(text: string): Visitor | undefined {
  try {
    const value = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    if (value === null || typeof value !== 'object') return undefined;
    const hasTexts = [...TEXTS, ...MORE_TEXTS].every((name) => typeof value[name] === 'string');
    const hasTimes = TIMES.every((name) => typeof value[name] === 'number');
    return hasTexts && hasTimes && FACES.has(value['face']) ? (value as unknown as Visitor) : undefined;
  } catch {
    // Not JSON: nothing of ours.
    return undefined;
  }
}
