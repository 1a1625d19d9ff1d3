import { randomUUID } from 'node:crypto';
import { HttpStub, type StubAnswer, type StubRequest } from './http-stub';

interface Version {
  readonly data: Record<string, unknown>;
  readonly createdAt: string;
  deletedAt?: string;
}

const MOUNT = '/v1/kv/data/';
const errors = (status: number, ...words: string[]): StubAnswer => ({ status, body: { errors: words } });

/** Vault as its HTTP API describes it: the KV engine (version 2) at `kv`, the auth method AppRole, tokens with an end. */
export class VaultStub extends HttpStub {
  readonly roleId = randomUUID();
  readonly secretId = randomUUID();
  readonly namespace = 'team';
  /** Seconds a token is good for. */
  ttlS = 3_600;
  /** Paths that the policy leaves out. */
  readonly denied = new Set<string>();
  sealed = false;
  private readonly paths = new Map<string, Version[]>();
  private readonly tokens = new Set<string>();
  /** Every token that was ever given out. */
  readonly given: string[] = [];

  put(path: string, data: Record<string, unknown>): number {
    const versions = this.paths.get(path) ?? [];
    versions.push({ data, createdAt: new Date().toISOString() });
    this.paths.set(path, versions);
    return versions.length;
  }

  /** As `vault kv delete`: the data is hidden, the version stays. */
  delete(path: string, version: number): void {
    const found = this.paths.get(path)?.[version - 1];
    if (found !== undefined) found.deletedAt = new Date().toISOString();
  }

  newToken(): string {
    const token = `hvs.${randomUUID()}`;
    this.tokens.add(token);
    this.given.push(token);
    return token;
  }

  revokeAll(): void {
    this.tokens.clear();
  }

  protected override answer(request: StubRequest): StubAnswer {
    const { method, url, headers, body } = request;
    if (url.pathname === '/v1/sys/health') return this.health();
    if (this.sealed) return errors(503, 'Vault is sealed');
    if (headers['x-vault-namespace'] !== this.namespace) return errors(403, 'permission denied');
    if (`${method} ${url.pathname}` === 'POST /v1/auth/approle/login') return this.login(body);
    const token = String(headers['x-vault-token']);
    return this.tokens.has(token)
      ? this.answerKnown(request, token)
      : errors(403, '2 errors occurred:\n\t* permission denied', 'invalid token');
  }

  private answerKnown({ method, url }: StubRequest, token: string): StubAnswer {
    switch (`${method} ${url.pathname}`) {
      case 'GET /v1/auth/token/lookup-self':
        return this.lookUp(token);
      case 'POST /v1/auth/token/renew-self':
        return this.auth(token);
    }
    const isRead = method === 'GET' && url.pathname.startsWith(MOUNT);
    return isRead ? this.read(url) : errors(404, 'no handler for route');
  }

  private health(): StubAnswer {
    const body = { initialized: true, sealed: this.sealed, standby: false, version: '1.17.2' };
    return { status: this.sealed ? 503 : 200, body };
  }

  private login(body: Record<string, unknown>): StubAnswer {
    const fits = body['role_id'] === this.roleId && body['secret_id'] === this.secretId;
    return fits ? this.auth(this.newToken()) : errors(400, 'invalid role or secret ID');
  }

  private auth(token: string): StubAnswer {
    const auth = {
      client_token: token,
      accessor: randomUUID(),
      policies: ['default', 'quayside'],
      token_policies: ['default', 'quayside'],
      lease_duration: this.ttlS,
      renewable: true,
      entity_id: randomUUID(),
      token_type: 'service',
      orphan: true,
    };
    return { status: 200, body: { ...ENVELOPE, request_id: randomUUID(), data: null, auth } };
  }

  private lookUp(token: string): StubAnswer {
    const data = { id: token, ttl: this.ttlS, renewable: true, type: 'service', policies: ['default'] };
    return { status: 200, body: { ...ENVELOPE, request_id: randomUUID(), data, auth: null } };
  }

  private read(url: URL): StubAnswer {
    const path = decodeURIComponent(url.pathname.slice(MOUNT.length));
    if (this.denied.has(path)) return errors(403, '1 error occurred:\n\t* permission denied\n\n');
    const versions = this.paths.get(path) ?? [];
    const number = Number(url.searchParams.get('version') ?? 0) || versions.length;
    const version = versions[number - 1];
    if (version === undefined) return errors(404);
    const metadata = {
      created_time: version.createdAt,
      custom_metadata: null,
      deletion_time: version.deletedAt ?? '',
      destroyed: false,
      version: number,
    };
    const isDeleted = version.deletedAt !== undefined;
    const data = { data: isDeleted ? null : version.data, metadata };
    return {
      status: isDeleted ? 404 : 200,
      body: { ...ENVELOPE, request_id: randomUUID(), data, auth: null },
    };
  }
}

const ENVELOPE = { lease_id: '', renewable: false, lease_duration: 0, wrap_info: null, warnings: null };
