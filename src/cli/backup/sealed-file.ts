import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGunzip, createGzip } from 'node:zlib';
import { CliError, EXIT } from '../failures';

/** Says what the file is, and how its key is made. */
const MAGIC = Buffer.from('QUAYSIDE-BACKUP-1\n');
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = MAGIC.length + SALT_BYTES + NONCE_BYTES;
const CIPHER = 'aes-256-gcm';
/** Some hundred milliseconds and 32 MiB for each guess. */
const HARDNESS = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1_024 * 1_024 } as const;
const PASSPHRASE_MIN = 12;

type Scrypt = (secret: string, salt: Buffer, bytes: number, options: typeof HARDNESS) => Promise<Buffer>;
const keyOf = (passphrase: string, salt: Buffer): Promise<Buffer> =>
  (promisify(scrypt) as unknown as Scrypt)(passphrase, salt, 32, HARDNESS);

export function demandPassphrase(passphrase: string | undefined): string {
  if (passphrase !== undefined && passphrase.length >= PASSPHRASE_MIN) return passphrase;
  throw new CliError(
    `A backup is sealed with a passphrase of at least ${String(PASSPHRASE_MIN)} characters.`,
    EXIT.configuration,
    'export QUAYSIDE_BACKUP_PASSPHRASE=…, or --passphrase-file <file>',
  );
}

/** Compressed and sealed. Written beside and renamed: a backup that was broken off leaves the one before. */
export async function writeSealed(
  file: string,
  passphrase: string,
  lines: AsyncIterable<string>,
): Promise<number> {
  const [salt, nonce] = [randomBytes(SALT_BYTES), randomBytes(NONCE_BYTES)];
  const cipher = createCipheriv(CIPHER, await keyOf(passphrase, salt), nonce);
  const half = `${file}.${String(process.pid)}`;
  try {
    const out = createWriteStream(half, { mode: 0o600 });
    out.write(Buffer.concat([MAGIC, salt, nonce]));
    await pipeline(Readable.from(lines), createGzip({ level: 6 }), cipher, out, { end: false });
    await new Promise<void>((resolve, reject) => {
      out.once('error', reject);
      out.end(cipher.getAuthTag(), resolve);
    });
    await rename(half, file);
  } finally {
    await rm(half, { force: true });
  }
  return (await stat(file)).size;
}

/** The lines of a sealed file. That it is whole is known at its end only: use nothing of it before. */
export async function* readSealed(file: string, passphrase: string): AsyncGenerator<string> {
  const { salt, nonce, tag, end } = await partsOf(file);
  const decipher = createDecipheriv(CIPHER, await keyOf(passphrase, salt), nonce);
  decipher.setAuthTag(tag);
  const text = createGunzip();
  const flow = pipeline(createReadStream(file, { start: HEAD_BYTES, end }), decipher, text);
  // Told by the loop below; without a listener it would end the process first.
  flow.catch(() => undefined);
  try {
    for await (const line of createInterface({ input: text, crlfDelay: Infinity })) yield line;
    await flow;
  } catch {
    throw new CliError('The file cannot be opened: the passphrase is wrong, or it is damaged.', EXIT.failed);
  }
}

async function partsOf(file: string): Promise<{ salt: Buffer; nonce: Buffer; tag: Buffer; end: number }> {
  const handle = await open(file, 'r').catch(() => {
    throw new CliError(`${file} cannot be read.`, EXIT.usage);
  });
  try {
    const { size } = await handle.stat();
    const head = Buffer.alloc(HEAD_BYTES);
    const tag = Buffer.alloc(TAG_BYTES);
    await handle.read(head, 0, HEAD_BYTES, 0);
    if (size <= HEAD_BYTES + TAG_BYTES || !head.subarray(0, MAGIC.length).equals(MAGIC))
      throw new CliError(`${file} is no backup.`, EXIT.usage);
    await handle.read(tag, 0, TAG_BYTES, size - TAG_BYTES);
    const salt = head.subarray(MAGIC.length, MAGIC.length + SALT_BYTES);
    return { salt, nonce: head.subarray(MAGIC.length + SALT_BYTES), tag, end: size - TAG_BYTES - 1 };
  } finally {
    await handle.close();
  }
}
