import { type ExamineReply, type UrlSpec } from '@app/contracts';
import { type Challenge, discover, type McpAuth, readChallenge } from '@app/mcp';
import { notAsked, passed, type Subject } from './replies';

/** The chain of OAuth: the server's metadata, those of its authorization server, and a new token. */
export async function askTokens(subject: Subject): Promise<ExamineReply> {
  const { spec, target } = subject;
  if (spec.type !== 'url' || spec.authentication?.type !== 'oauth2_client_credentials')
    return notAsked('It needs no token of an authorization server.');
  if (target.auth === undefined) return notAsked('It has no client credentials.');
  const challenge = await challengeOf(spec, subject);
  const facts = await chainOf(spec, subject, challenge);
  await renewed(target.auth, challenge, subject.signal);
  return passed(`${facts.token_url ?? 'The authorization server'} gave a token.`, facts);
}

interface Chain {
  readonly issuer?: string;
  readonly token_url?: string;
}

async function chainOf(
  { authentication, endpoint }: UrlSpec,
  { target }: Subject,
  challenge: Challenge,
): Promise<Chain> {
  if (authentication?.type !== 'oauth2_client_credentials') return {};
  if (authentication.token_url !== undefined) return { token_url: withoutQuery(authentication.token_url) };
  const { serverName, fetch } = target;
  const asked = {
    resource: endpoint,
    metadataUrl: challenge.resourceMetadata,
    issuer: undefined,
    serverName,
  };
  const { issuer, tokenUrl } = await discover(asked, fetch);
  return { issuer: withoutQuery(issuer), token_url: withoutQuery(tokenUrl) };
}

const withoutQuery = (address: string): string => address.split('?')[0] ?? '';

/** What the server says to somebody without a token; silence is judged elsewhere. */
async function challengeOf({ endpoint }: UrlSpec, { target, signal }: Subject): Promise<Challenge> {
  try {
    const init = {
      method: 'GET',
      headers: { accept: 'application/json' },
      signal,
      redirect: 'manual',
    } as const;
    const answer = await target.fetch(endpoint, init);
    await answer.body?.[Symbol.asyncIterator]().return?.();
    return readChallenge(answer.status, answer.headers.get('www-authenticate'));
  } catch {
    return { status: 401 };
  }
}

/** A token that is still good proves nothing about the credentials, so a new one is asked for. */
async function renewed(auth: McpAuth, challenge: Challenge, signal: AbortSignal): Promise<void> {
  const current = await auth.authorization(signal);
  await auth.renew(current, { ...challenge, status: 401 });
}
