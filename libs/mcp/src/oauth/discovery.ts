import { type JsonObject } from '@app/kernel';
import { type McpFetch } from '../client/session';
import { readDocument, tokenError } from './read-document';

/** What an MCP server and its authorization server say about tokens. */
export interface TokenServer {
  readonly issuer: string;
  readonly tokenUrl: string;
  /** As the metadata name them; undefined where they are silent. */
  readonly methods?: readonly string[];
  /** What the resource offers, for a client that was not told what to ask for. */
  readonly scopes?: readonly string[];
}

export interface DiscoveryRequest {
  /** The MCP endpoint. */
  readonly resource: string;
  /** The address in the challenge of a 401. */
  readonly metadataUrl: string | undefined;
  /** The only authorization server that is accepted, where one was configured. */
  readonly issuer: string | undefined;
  readonly serverName: string;
}

const PROTECTED_RESOURCE = '/.well-known/oauth-protected-resource';
const AUTHORIZATION_SERVER = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';

/** From an MCP endpoint to a token endpoint (RFC 9728, RFC 8414). Nothing secret is sent on the way. */
export async function discover(request: DiscoveryRequest, fetch: McpFetch): Promise<TokenServer> {
  const { resource, serverName, issuer: wanted } = request;
  const about = await protectedResource(request, fetch);
  const named = texts(about?.authorization_servers) ?? [];
  // Before 2025-06-18 there were no such metadata: the MCP server was its own authorization server.
  const issuer = wanted ?? named[0] ?? new URL(resource).origin;
  if (about !== undefined && !named.includes(issuer))
    throw tokenError(serverName, 'its metadata do not name the authorization server');
  const scopes = texts(about?.scopes_supported);
  const server = await authorizationServer(issuer, serverName, fetch);
  return scopes === undefined ? server : { ...server, scopes };
}

async function protectedResource(
  { resource, metadataUrl, serverName }: DiscoveryRequest,
  fetch: McpFetch,
): Promise<JsonObject | undefined> {
  const { origin, pathname } = new URL(resource);
  const path = pathname === '/' ? '' : pathname;
  const wellKnown = [...new Set([`${origin}${PROTECTED_RESOURCE}${path}`, origin + PROTECTED_RESOURCE])];
  for (const url of metadataUrl === undefined ? wellKnown : [metadataUrl]) {
    if (!URL.canParse(url)) throw tokenError(serverName, 'the address of its metadata is malformed');
    const about = await readDocument(url, fetch, serverName);
    if (about === undefined) continue;
    if (typeof about.resource !== 'string' || !covers(about.resource, resource))
      throw tokenError(serverName, 'its metadata speak of another resource');
    return about;
  }
  if (metadataUrl !== undefined) throw tokenError(serverName, 'the metadata that it names are missing');
  return undefined;
}

/** A token for a part of a site is not to be had from the metadata of another part. */
function covers(resource: string, url: string): boolean {
  if (!URL.canParse(resource)) return false;
  const [whole, part] = [new URL(resource), new URL(url)];
  const path = whole.pathname.endsWith('/') ? whole.pathname : `${whole.pathname}/`;
  return whole.origin === part.origin && `${part.pathname}/`.startsWith(path);
}

async function authorizationServer(
  issuer: string,
  serverName: string,
  fetch: McpFetch,
): Promise<TokenServer> {
  if (!URL.canParse(issuer) || !/^https?:$/.test(new URL(issuer).protocol))
    throw tokenError(serverName, 'the address of its authorization server is malformed');
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const urls = [origin + AUTHORIZATION_SERVER + path, origin + OPENID + path];
  if (path !== '') urls.push(origin + path + OPENID);
  for (const url of urls) {
    const about = await readDocument(url, fetch, serverName);
    if (about === undefined) continue;
    // Whoever answers for another issuer wants our credentials for it.
    if (about.issuer !== issuer) throw tokenError(serverName, 'the metadata name another issuer');
    if (typeof about.token_endpoint !== 'string' || !URL.canParse(about.token_endpoint))
      throw tokenError(serverName, 'the metadata name no token endpoint');
    const methods = texts(about.token_endpoint_auth_methods_supported);
    const server = { issuer, tokenUrl: about.token_endpoint };
    return methods === undefined ? server : { ...server, methods };
  }
  throw tokenError(serverName, 'its authorization server publishes no metadata');
}

const texts = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : undefined;
