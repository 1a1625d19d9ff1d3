import { type ExamineReply } from '@app/contracts';
import { type Finding, found, passed, skipped, warning } from './diagnosis';
import { changeCredentials, changeEndpoint, changePath, restart, storeSecret } from './fixes';
import { type Subject } from './subject';

/** undefined: it needs no token of an authorization server. */
export function judgeTokens(subject: Subject, reply: ExamineReply): Finding | undefined {
  const { spec } = subject;
  if (spec.type !== 'url' || spec.authentication?.type !== 'oauth2_client_credentials') return undefined;
  if (!reply.asked) return skipped(reply.detail);
  const { issuer, token_url: tokenUrl } = reply.facts;
  const chain = [
    ...(issuer === undefined ? [] : [`Authorization server: ${issuer}`]),
    ...(tokenUrl === undefined ? [] : [`Token endpoint: ${tokenUrl}`]),
  ];
  if (reply.ok) return passed(reply.detail, chain);
  const fix = storedSecret(spec.authentication.client_secret);
  return found(reply.code ?? 'upstream_token_failed', reply.detail, { fix, evidence: chain });
}

const storedSecret = (text: string) =>
  text.startsWith('secret_ref:') ? renamed(storeSecret(text)) : changeCredentials();

/** It is there, and wrong. */
const renamed = (fix: ReturnType<typeof storeSecret>) => ({
  ...fix,
  label: fix.label.replace('Store', 'Replace'),
});

/** The answers of the two eras of the protocol, one after the other. */
export interface Handshakes {
  readonly newer: ExamineReply;
  readonly older: ExamineReply;
}

export function judgeEra(subject: Subject, reply: ExamineReply): Finding {
  if (!reply.asked) return skipped(reply.detail);
  if (!reply.ok) return skipped(reply.detail);
  const { era, latency_ms: latency, server } = reply.facts;
  const known = subject.era;
  const evidence = [`${server ?? 'It'} answered in ${String(latency ?? 0)} ms.`];
  if (known !== null && era !== known && era !== undefined)
    return { ...passed(`${reply.detail} It was met in the ${known} era before.`), evidence };
  return passed(reply.detail, evidence);
}

/** One era is enough; without any, the first answer tells more. */
export function judgeMcp(subject: Subject, { newer, older }: Handshakes): Finding {
  const asked = [newer, older].filter((each) => each.asked);
  const [first] = asked;
  if (first === undefined) return skipped(newer.detail);
  const answered = asked.find(({ ok }) => ok);
  if (answered !== undefined) {
    if (isVerdictOld(subject, asked))
      return warning(
        `It speaks the ${String(answered.facts.era)} era only, and was met in the ${String(subject.era)} one; the next probe learns it.`,
        'era_changed',
      );
    return passed(`It lists ${String(answered.facts.tools ?? 0)} tools.`);
  }
  return failedHandshake(subject, asked.find(({ code }) => code !== 'era_not_spoken') ?? first);
}

/** What it was met in is not among what it speaks now. */
const isVerdictOld = ({ era }: Subject, asked: readonly ExamineReply[]): boolean =>
  era !== null && asked.length > 1 && !asked.some(({ ok, facts }) => ok && facts.era === era);

const CODES: Readonly<Record<string, string>> = {
  upstream_auth_failed: 'upstream_auth_failed',
  upstream_token_failed: 'upstream_token_failed',
  upstream_protocol_error: 'instance_not_mcp',
  upstream_timeout: 'instance_silent',
  upstream_refused: 'era_mismatch',
  era_not_spoken: 'era_mismatch',
};

/** The handshake met what one request without a message did not. */
const lost = ({ spec }: Subject): string =>
  spec.type === 'url' ? 'remote_unavailable' : 'instance_unreachable';

function failedHandshake(subject: Subject, { detail, code, layer }: ExamineReply): Finding {
  const known = code === 'upstream_unreachable' ? lost(subject) : CODES[code ?? ''];
  const named = known ?? code ?? 'instance_not_mcp';
  if (layer === 'auth') return found(named, detail, { fix: credentialsOf(subject) });
  return found(named, detail, { fix: settingOf(subject, named) });
}

/** What a wrong answer mostly comes from: another address, or another path on it. */
function settingOf(subject: Subject, code: string) {
  const { spec } = subject;
  if (code === 'instance_silent') return restart(subject);
  if (spec.type === 'url') return changeEndpoint(subject, spec.endpoint);
  const hasPath = spec.type === 'docker' && spec.transport !== 'stdio' && code === 'instance_not_mcp';
  return hasPath ? changePath(subject, spec.mcp_path ?? '/mcp') : restart(subject);
}

function credentialsOf({ spec }: Subject) {
  const authentication = spec.type === 'url' ? (spec.authentication ?? { type: 'none' }) : { type: 'none' };
  if ('token' in authentication) return storedSecret(authentication.token);
  if ('client_secret' in authentication) return storedSecret(authentication.client_secret);
  return changeCredentials();
}
