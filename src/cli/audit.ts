import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { canonicalJson } from '@app/kernel';
import { type ApiClient } from './api-client';
import { type Listing } from './output/formats';
import { column } from './output/table';
import { type Session } from './session';

const EXIT_BROKEN = 1;
/** What stands before the 32 bytes of an Ed25519 key in SPKI. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const NDJSON_TRAILER = '{"quayside_export":';
const CSV_TRAILER = '#quayside_export ';
const TRAILER_MAX_BYTES = 65_536;

export type AuditFilterOptions = Readonly<
  Partial<Record<'actor' | 'action' | 'resource' | 'from' | 'to' | 'outcome', string>>
>;

interface Verdict {
  readonly status: 'intact' | 'broken';
  readonly links: number;
  readonly rows: number;
  readonly next_sequence: number | null;
  readonly head: { readonly sequence: number; readonly hash: string };
  readonly first_broken: {
    readonly fault: string;
    readonly detail: string;
    readonly row_id: string | null;
  } | null;
}

interface Entry {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly outcome: string;
}

const queryOf = (options: Readonly<Record<string, string | undefined>>): string => {
  const present = Object.entries(options).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return new URLSearchParams(present).toString();
};

const LISTING: Listing<Entry> = {
  name: ({ id }) => id,
  columns: [
    column('at', ({ at }) => at),
    column('outcome', ({ outcome }) => outcome),
    column('actor', ({ actor }) => actor),
    column('action', ({ action }) => action),
    column('resource', ({ resource_type: type, resource_id: id }) => `${type}/${id}`),
  ],
};

/** `quayside audit list` */
export async function listAudit(
  session: Session,
  options: AuditFilterOptions & { limit: string },
): Promise<void> {
  const { entries } = await session
    .api()
    .call<{ entries: readonly Entry[] }>('GET', `/api/v1/audit?${queryOf(options)}`);
  session.list(entries, LISTING, 'No entries.');
}

/** `quayside audit verify`: the whole chain, piece by piece. */
export async function verifyAudit(api: ApiClient, options: { anchor?: string }): Promise<void> {
  let from: number | null = 1;
  let [links, rows] = [0, 0];
  while (from !== null) {
    const query: string = queryOf({ from_sequence: String(from), anchor: options.anchor });
    const verdict: Verdict = await api.call<Verdict>('GET', `/api/v1/audit/verify?${query}`);
    links += verdict.links;
    rows += verdict.rows;
    from = verdict.next_sequence;
    if (verdict.first_broken !== null) {
      const { fault, detail, row_id: row } = verdict.first_broken;
      console.error(`BROKEN (${fault}): ${detail}${row === null ? '' : ` Row ${row}.`}`);
      process.exitCode = EXIT_BROKEN;
      return;
    }
    if (from === null)
      console.log(
        `Intact: ${String(rows)} rows under ${String(links)} links. Anchor: ${String(verdict.head.sequence)}:${verdict.head.hash}`,
      );
  }
}

/** `quayside audit export`: to a file or standard output, whatever its length. */
export async function exportAudit(
  api: ApiClient,
  { output, ...options }: AuditFilterOptions & { format: string; output?: string },
): Promise<void> {
  const body = await api.download(`/api/v1/audit/export?${queryOf(options)}`);
  const target = output === undefined ? process.stdout : createWriteStream(output, { mode: 0o600 });
  await pipeline(Readable.fromWeb(body), target, { end: output !== undefined });
}

/** `quayside audit check`: an exported file against its trailer, without the installation. */
export async function checkExport(file: string, publicKey: string): Promise<void> {
  const { trailer, at } = await trailerOf(file);
  const { signature, ...signed } = trailer;
  const key = createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, Buffer.from(publicKey, 'base64url')]),
    format: 'der',
    type: 'spki',
  });
  const isSigned = verify(null, Buffer.from(canonicalJson(signed)), key, Buffer.from(signature, 'base64url'));
  if (!isSigned) throw new Error(`The trailer of ${file} was not signed with this key.`);
  const hash = createHash('sha256');
  // `end` is the last byte that is read, and there is none before a file that is all trailer.
  if (at > 0) for await (const chunk of createReadStream(file, { end: at - 1 })) hash.update(chunk as Buffer);
  if (signed['sha256'] !== hash.digest('hex')) throw new Error(`${file} is not what was signed.`);
  console.log(`Intact: ${String(signed['entries'])} entries.`);
}

interface Trailer {
  readonly signature: string;
  readonly [member: string]: string | number;
}

/** The last line, and where it begins. */
async function trailerOf(path: string): Promise<{ trailer: Trailer; at: number }> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const begin = Math.max(0, size - TRAILER_MAX_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - begin), 0, size - begin, begin);
    const text = buffer.subarray(0, bytesRead);
    const line = text.lastIndexOf('\n', text.length - 2) + 1;
    const last = text.toString('utf8', line).trimEnd();
    if (last.startsWith(CSV_TRAILER))
      return { trailer: JSON.parse(last.slice(CSV_TRAILER.length)) as Trailer, at: begin + line };
    if (last.startsWith(NDJSON_TRAILER))
      return {
        trailer: (JSON.parse(last) as { quayside_export: Trailer }).quayside_export,
        at: begin + line,
      };
    throw new Error(`${path} has no trailer: it is not complete.`);
  } finally {
    await file.close();
  }
}
