import { type ExamineReply } from '@app/contracts';
import { connectMcp, type McpEra, type McpSession } from '@app/mcp';
import { needsBridge } from '../decide/desired';
import { notAsked, passed, type Subject } from './replies';

/** Each of the two is given its share of what an examination may take. */
const HANDSHAKE_LIMIT_MS = 8_000;
const MAX_NAME = 80;

const QUESTION: Readonly<Record<McpEra, string>> = { newer: 'server/discover', older: 'initialize' };

/** Handshake and list of tools on a session of their own, in one era of the protocol. */
export async function askEra(era: McpEra, subject: Subject): Promise<ExamineReply> {
  const { spec, target, signal } = subject;
  const speaksOneWay = needsBridge(spec) || target.transport === 'sse' || /^ws/i.test(target.urls[0] ?? '');
  if (speaksOneWay && era === 'older' && target.prefer !== 'older')
    return notAsked('Over this transport it is asked once.');
  const startedAtMs = performance.now();
  const session = await connect(era, subject);
  try {
    if (session.era !== era && !speaksOneWay)
      return {
        ...{ asked: true, ok: false, layer: 'mcp', code: 'era_not_spoken' },
        detail: `It does not speak the ${era} protocol (${QUESTION[era]}), and speaks the ${session.era} one.`,
        facts: { era: session.era },
      };
    const hasTools = session.capabilities['tools'] !== undefined;
    const tools = hasTools ? (await session.listTools({ signal })).length : 0;
    return passed(`It answered ${QUESTION[session.era]} and tools/list: ${tools} tools.`, {
      era: session.era,
      tools,
      latency_ms: Math.round(performance.now() - startedAtMs),
      server: nameOf(session),
    });
  } finally {
    // A server that is examined must not keep the session.
    await session.close().catch(() => undefined);
  }
}

function connect(era: McpEra, { spec, target, signal }: Subject): Promise<McpSession> {
  const { urls, transport, fetch, openSocket, headers, auth, serverName } = target;
  // A bridge knows the era of the process behind it, and a process may die of the wrong question.
  const prefer = needsBridge(spec) ? target.prefer : era === 'older' ? era : undefined;
  return connectMcp({
    ...{ urls, fetch, headers, serverName, signal },
    timeoutMs: HANDSHAKE_LIMIT_MS,
    ...(transport !== undefined && { transport }),
    ...(auth !== undefined && { auth }),
    ...(openSocket !== undefined && { openSocket }),
    ...(prefer !== undefined && { prefer }),
  });
}

const nameOf = ({ serverInfo: { name, version } }: McpSession): string =>
  `${name} ${version}`.slice(0, MAX_NAME);
