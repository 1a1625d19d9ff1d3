import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type KeysetPosition } from '@app/kernel';
import { SealStore } from '../persistence/seal-store';
import { AuditRows } from '../queries/audit-rows';
import { type AuditFilter } from '../queries/list-audit.query';
import { cloudEvents, csv, type ExportFormat, type LineWriter } from './export-format';
import { ExportSigner } from './export-signer';

/** Rows that are in memory at once, however long the trail is. */
const PAGE = 500;

export interface ExportRequest {
  /** undefined: of all workspaces. */
  readonly workspaceId: string | undefined;
  readonly filter: AuditFilter;
  readonly format: ExportFormat;
}

export interface ExportStream {
  readonly mediaType: string;
  readonly chunks: AsyncIterable<string>;
}

/** Writes the trail out, oldest first: a page is read when the one before it was taken. */
@Injectable()
export class AuditExport {
  constructor(
    private readonly db: Database,
    private readonly rows: AuditRows,
    private readonly seals: SealStore,
    private readonly signer: ExportSigner,
  ) {}

  /** Asks for the first page at once, so that what cannot be answered is refused and not begun. */
  async open(request: ExportRequest): Promise<ExportStream> {
    const writer = request.format === 'csv' ? csv : cloudEvents(await this.installationId());
    // What is written while it runs is not part of it.
    const filter = { ...request.filter, to: request.filter.to ?? new Date() };
    return { mediaType: writer.mediaType, chunks: this.chunks({ ...request, filter }, writer) };
  }

  private async *chunks(request: ExportRequest, writer: LineWriter): AsyncGenerator<string> {
    const { workspaceId, filter } = request;
    const hash = createHash('sha256').update(writer.head);
    let lines = 0;
    let after: KeysetPosition | undefined;
    if (writer.head !== '') yield writer.head;
    do {
      const page = await this.rows.page({ workspaceId, filter, limit: PAGE, after, order: 'oldest' });
      const text = page.items.map((entry) => writer.line(entry)).join('');
      lines += page.items.length;
      after = page.next ?? undefined;
      hash.update(text);
      if (text !== '') yield text;
    } while (after !== undefined);
    yield writer.trailer(await this.trailer(request, lines, hash.digest('hex')));
  }

  /** Ties the bytes before it to this installation and to the state of the chain. */
  private async trailer(
    { filter, format, workspaceId }: ExportRequest,
    entries: number,
    sha256: string,
  ): Promise<string> {
    const { sequence, hash } = await this.seals.head();
    const { from, to, ...rest } = filter;
    return this.signer.sign({
      v: 1,
      format,
      entries,
      sha256,
      filter: {
        ...rest,
        ...(from === undefined ? {} : { from: from.toISOString() }),
        ...(to === undefined ? {} : { to: to.toISOString() }),
      },
      workspace_id: workspaceId ?? null,
      chain_head: { sequence, hash: hash.toString('hex') },
      created_at: new Date().toISOString(),
    });
  }

  private async installationId(): Promise<string> {
    const [row] = await this.db.query<{ id: string }>(
      `SELECT value #>> '{}' AS id FROM setting WHERE name = 'installation_id'`,
    );
    return row?.id ?? 'unknown';
  }
}
