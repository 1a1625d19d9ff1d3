import { type FieldProblem } from '@app/kernel';
import { type RefusalReason } from './errors';
import { type EgressPolicy } from './policy';
import { EgressRules, targetOf } from './rules';

const CONTROL_OR_SPACE = /[\u0000-\u0020\u007f\\]/;
const MAX_LENGTH = 2_048;
const ODD_LOCAL_SPELLING = 'loopback address';

/**
 * What can be said when a URL is stored: bad syntax, schemes, ports and forbidden literals are faults of the request.
 * A name is stored as it is and judged at each connection, because what it resolves to changes.
 */
export function checkUrlWhenSaved(
  text: string,
  policy: EgressPolicy,
  pointer = '/url',
): FieldProblem | undefined {
  const reason = judge(text, policy);
  if (reason === undefined) return undefined;
  const code = reason === 'not a valid address' || reason === 'scheme' ? 'url' : 'egress_refused';
  return { pointer, code, detail: DETAILS[reason] ?? `Refused by outbound policy: ${reason}.` };
}

const DETAILS: Readonly<Partial<Record<RefusalReason, string>>> = {
  'not a valid address': 'This is not an absolute URL such as https://example.com/mcp.',
  scheme: 'The URL must begin with https://, http://, wss:// or ws://.',
};

function judge(text: string, policy: EgressPolicy): RefusalReason | undefined {
  if (text.length > MAX_LENGTH || CONTROL_OR_SPACE.test(text) || !URL.canParse(text)) {
    return 'not a valid address';
  }
  const url = new URL(text);
  const reason = new EgressRules(policy).judgeUrl(url, true);
  // Plain http to a literal is judged with the connection, as it is for a name.
  if (reason !== undefined && reason !== 'plain http') return reason;
  return isOddLocalSpelling(text, url, policy) ? ODD_LOCAL_SPELLING : undefined;
}

/** Local mode opens `localhost` and `127.0.0.1` as people write them, not 2130706433 or 0x7f.1. */
function isOddLocalSpelling(text: string, url: URL, { localMode, allow }: EgressPolicy): boolean {
  const { hostname, port } = targetOf(url);
  if (!localMode || hostname !== '127.0.0.1' || allow.includes(`127.0.0.1:${port}`)) return false;
  return !/^[a-z]+:\/\/127\.0\.0\.1(?:[:/?#]|$)/i.test(text);
}
