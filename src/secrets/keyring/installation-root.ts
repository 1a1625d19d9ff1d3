import { randomBytes } from 'node:crypto';
import { type Database } from '@app/database';
import { InvalidKeyringError, type Keyring } from '@app/security';

const ROOT_BYTES = 32;
/** Ties the sealed bytes to their only place. */
export const ROOT_AAD = 'installation|root';

interface RootRow {
  readonly ciphertext: Buffer;
  readonly wrapped_key: Buffer;
  readonly kid: string;
}

/** Gives the keyring the installation's root key; whichever process comes first makes it. */
export async function loadInstallationRoot(db: Database, keyring: Keyring): Promise<void> {
  const { ciphertext, wrapped_key: wrappedKey, kid } = (await find(db)) ?? (await make(db, keyring));
  if (!keyring.kids.includes(kid))
    throw new InvalidKeyringError(
      `The stored secrets are sealed with the master key "${kid}", which MASTER_KEY does not hold. Add it behind the new one.`,
    );
  keyring.useRoot(keyring.openEnvelope({ ciphertext, wrappedKey, kid }, ROOT_AAD));
}

async function find(db: Database): Promise<RootRow | undefined> {
  const [row] = await db.query<RootRow>(`SELECT ciphertext, wrapped_key, kid FROM installation_root`);
  return row;
}

async function make(db: Database, keyring: Keyring): Promise<RootRow> {
  const { ciphertext, wrappedKey, kid } = keyring.sealEnvelope(randomBytes(ROOT_BYTES), ROOT_AAD);
  await db.execute(
    `INSERT INTO installation_root (ciphertext, wrapped_key, kid) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
    [ciphertext, wrappedKey, kid],
  );
  const row = await find(db);
  if (row === undefined) throw new Error('The root key of the installation could not be stored.');
  return row;
}
