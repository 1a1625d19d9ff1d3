import { type IncomingHttpHeaders } from 'node:http';
import {
  decodeHeaderValue,
  HEADER,
  type McpEra,
  namedMember,
  NEWER_VERSION,
  type ScannedMessage,
} from '@app/mcp';

/** The era of a request, or what its headers and its body disagree about. */
export type EraVerdict = McpEra | { readonly disagreement: string };

/**
 * A request of the newer era says so twice, in a header and in its body, and repeats in headers what it will do: they must
 * agree, because something on the way may have decided by the headers.
 */
export function eraOf(headers: IncomingHttpHeaders, scan: ScannedMessage): EraVerdict {
  const version = headers[HEADER.version];
  const isNewerHeader = typeof version === 'string' && version >= NEWER_VERSION;
  if (!isNewerHeader && scan.metaVersion === undefined) return 'older';
  // Only requests carry `_meta` for certain.
  if (scan.kind !== 'request') return isNewerHeader ? 'newer' : 'older';
  // Without the version in it the body is not one of this era's; whoever answers says what is missing, and executes nothing.
  if (scan.metaVersion === undefined) return 'newer';
  const disagreement = disagreementOf(headers, scan);
  return disagreement === undefined ? 'newer' : { disagreement };
}

/** GET and DELETE have no body to say anything. */
export const isNewerHeader = (headers: IncomingHttpHeaders): boolean => {
  const version = headers[HEADER.version];
  return typeof version === 'string' && version >= NEWER_VERSION;
};

function disagreementOf(headers: IncomingHttpHeaders, scan: ScannedMessage): string | undefined {
  if (headers[HEADER.version] !== scan.metaVersion) return 'MCP-Protocol-Version and _meta disagree.';
  if (headers[HEADER.method] !== scan.method) return 'Mcp-Method and method disagree.';
  const member = namedMember(scan.method ?? '');
  if (member === undefined || scan.name === undefined) return undefined;
  const header = headers[HEADER.name];
  const name = typeof header === 'string' ? decodeHeaderValue(header) : undefined;
  return name === scan.name ? undefined : `Mcp-Name and params.${member} disagree.`;
}
