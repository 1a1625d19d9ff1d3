import { type JsonValue } from '@app/kernel';
import { type AuditEntryView } from '../queries/list-audit.query';

export const EXPORT_FORMATS = ['ndjson', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface LineWriter {
  readonly mediaType: string;
  readonly head: string;
  line(entry: AuditEntryView): string;
  /** The last line: the signature, in a form that readers of the format can tell from an entry. */
  trailer(json: string): string;
}

const contentOf = (entry: AuditEntryView) => ({
  id: entry.id,
  at: entry.at.toISOString(),
  workspace_id: entry.workspaceId,
  actor: entry.actor,
  key_id: entry.keyId,
  address: entry.address,
  request_id: entry.requestId,
  action: entry.action,
  resource_type: entry.resourceType,
  resource_id: entry.resourceId,
  outcome: entry.outcome,
  event_id: entry.eventId,
  detail: entry.detail,
  before: entry.before,
  after: entry.after,
});

const COLUMNS = [
  ...['id', 'at', 'workspace_id', 'actor', 'key_id', 'address', 'request_id', 'action', 'resource_type'],
  ...['resource_id', 'outcome', 'event_id', 'detail', 'before', 'after'],
] as const;

/** CloudEvents 1.0, structured mode. */
export const cloudEvents = (installationId: string): LineWriter => ({
  mediaType: 'application/x-ndjson',
  head: '',
  line: (entry) =>
    `${JSON.stringify({
      specversion: '1.0',
      id: entry.id,
      source: `/quayside/${installationId}`,
      type: 'audit.entry.v1',
      subject: `${entry.resourceType}/${entry.resourceId}`,
      time: entry.at.toISOString(),
      datacontenttype: 'application/json',
      actor: entry.actor,
      ...(entry.requestId === null ? {} : { correlationid: entry.requestId }),
      data: contentOf(entry),
    })}\n`,
  trailer: (json) => `{"quayside_export":${json}}\n`,
});

export const csv: LineWriter = {
  mediaType: 'text/csv; charset=utf-8; header=present',
  head: `${COLUMNS.join(',')}\r\n`,
  line: (entry) => {
    const content: Readonly<Record<string, JsonValue>> = contentOf(entry);
    return `${COLUMNS.map((name) => csvField(content[name] ?? null)).join(',')}\r\n`;
  },
  trailer: (json) => `#quayside_export ${json}\r\n`,
};

/** What a spreadsheet takes for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r\n|%]/;

/** Always quoted, and never a formula: text of strangers is opened by people with rights. */
export function csvField(value: JsonValue): string {
  if (value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
