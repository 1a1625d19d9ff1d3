import { randomUUID } from 'node:crypto';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { SignJWT } from 'jose';
import { ROLES } from '../../../src/identity';
import { type Served } from '../routes/served';

export const OTHER_WORKSPACE_ID = '10000000-0000-4000-8000-000000000002';

/** Every kind of caller, by the credential it shows. */
export type Callers = ReadonlyMap<string, string | undefined>;

const PAST_S = 3_600;
const TOKEN_KEY_BYTES = 32;

export async function callersOf(served: Served): Promise<Callers> {
  const { db } = served.database;
  await db.execute(`INSERT INTO workspace (id, name) VALUES ($1, 'other')`, [OTHER_WORKSPACE_ID]);
  const keys = await Promise.all(ROLES.map(async (role) => [role, await served.issueKey(role)] as const));
  return new Map<string, string | undefined>([
    ['nobody', undefined],
    ['expired', await token(served, { expiredAgoS: PAST_S })],
    ['wrong audience', await token(served, { audience: 'https://elsewhere.example' })],
    ...keys,
    ['no scope', await served.issueKey('admin', { scopes: ['prompts:read'] })],
    ['elsewhere', await served.issueKey('admin', { workspaceId: OTHER_WORKSPACE_ID })],
  ]);
}

/** Signed as our own tokens are, so that only what is wrong with it can be why it is refused. */
async function token(
  { keyring, tokens }: Served,
  wrong: { readonly expiredAgoS?: number; readonly audience?: string },
): Promise<string> {
  const nowS = Math.floor(Date.now() / 1_000);
  const { primaryKid: kid } = keyring;
  return new SignJWT({ sid: randomUUID(), ws: DEFAULT_WORKSPACE_ID })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid })
    .setIssuer(tokens.issuer)
    .setAudience(wrong.audience ?? tokens.issuer)
    .setSubject(randomUUID())
    .setJti(randomUUID())
    .setIssuedAt(nowS - PAST_S - 1)
    .setExpirationTime(nowS + (wrong.expiredAgoS === undefined ? PAST_S : -wrong.expiredAgoS))
    .sign(keyring.derive('access-token', TOKEN_KEY_BYTES, kid));
}
