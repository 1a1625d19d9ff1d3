import { randomUUID } from 'node:crypto';
import { HttpStub, type StubAnswer, type StubRequest } from './http-stub';

const RAW = '/api/v3/secrets/raw';
const problem = (statusCode: number, error: string, message: string): StubAnswer => ({
  status: statusCode,
  body: { reqId: `req-${randomUUID()}`, statusCode, message, error },
});

/** Infisical as its HTTP API describes it: universal auth, and raw secrets by name, folder and version. */
export class InfisicalStub extends HttpStub {
  readonly clientId = randomUUID();
  readonly clientSecret = randomUUID().replaceAll('-', '');
  readonly projectId = randomUUID();
  readonly environment = 'prod';
  ttlS = 7_200;
  readonly denied = new Set<string>();
  /** Secrets of these folders are known by name only. */
  readonly hidden = new Set<string>();
  private readonly secrets = new Map<string, string[]>();
  private readonly tokens = new Set<string>();

  put(folder: string, name: string, value: string): number {
    const key = `${folder} ${name}`;
    const versions = this.secrets.get(key) ?? [];
    versions.push(value);
    this.secrets.set(key, versions);
    return versions.length;
  }

  remove(folder: string, name: string): void {
    this.secrets.delete(`${folder} ${name}`);
  }

  revokeAll(): void {
    this.tokens.clear();
  }

  protected override answer(request: StubRequest): StubAnswer {
    const { method, url, headers, body } = request;
    switch (`${method} ${url.pathname}`) {
      case 'GET /api/status':
        return {
          status: 200,
          body: { date: new Date().toISOString(), message: 'Ok', emailConfigured: true },
        };
      case 'POST /api/v1/auth/universal-auth/login':
        return this.login(body);
      case 'POST /api/v1/auth/token/renew':
        return this.renew(body);
    }
    const token = (headers.authorization ?? '').replace('Bearer ', '');
    return this.tokens.has(token)
      ? this.answerKnown(request)
      : problem(401, 'TokenError', 'Your token has expired. Please re-authenticate.');
  }

  private answerKnown({ method, url }: StubRequest): StubAnswer {
    if (method !== 'GET' || !url.pathname.startsWith(RAW))
      return problem(404, 'Not Found', 'Route not found');
    const name = decodeURIComponent(url.pathname.slice(RAW.length + 1));
    return name === '' ? this.list(url) : this.read(url, name);
  }

  private login(body: Record<string, unknown>): StubAnswer {
    const fits = body['clientId'] === this.clientId && body['clientSecret'] === this.clientSecret;
    if (!fits) return problem(401, 'UnauthorizedError', 'Invalid credentials');
    const token = `ey.${randomUUID()}`;
    this.tokens.add(token);
    return this.granted(token);
  }

  private renew(body: Record<string, unknown>): StubAnswer {
    const token = String(body['accessToken']);
    return this.tokens.has(token)
      ? this.granted(token)
      : problem(401, 'UnauthorizedError', 'Failed to renew the token');
  }

  private granted(token: string): StubAnswer {
    return {
      status: 200,
      body: {
        accessToken: token,
        expiresIn: this.ttlS,
        accessTokenMaxTTL: 2_592_000,
        tokenType: 'Bearer',
      },
    };
  }

  private folderOf(url: URL): string | StubAnswer {
    const { searchParams: asked } = url;
    const isHere =
      asked.get('workspaceId') === this.projectId && asked.get('environment') === this.environment;
    const folder = asked.get('secretPath') ?? '/';
    if (!isHere) return problem(404, 'NotFound', 'Project not found');
    return this.denied.has(folder)
      ? problem(403, 'PermissionDenied', 'You are not allowed to read on secrets')
      : folder;
  }

  private list(url: URL): StubAnswer {
    const folder = this.folderOf(url);
    if (typeof folder !== 'string') return folder;
    const names = [...this.secrets.keys()].filter((key) => key.startsWith(`${folder} `));
    const secrets = names.map((key) => this.present(folder, key.slice(folder.length + 1)));
    return { status: 200, body: { secrets, imports: [] } };
  }

  private read(url: URL, name: string): StubAnswer {
    const folder = this.folderOf(url);
    if (typeof folder !== 'string') return folder;
    const asked = url.searchParams.get('version');
    const secret = this.present(folder, name, asked === null ? undefined : Number(asked));
    return secret === undefined
      ? problem(404, 'NotFound', `Secret with name '${name}' not found`)
      : { status: 200, body: { secret } };
  }

  private present(folder: string, name: string, version?: number): object | undefined {
    const versions = this.secrets.get(`${folder} ${name}`) ?? [];
    const number = version ?? versions.length;
    const value = versions[number - 1];
    if (value === undefined) return undefined;
    const isHidden = this.hidden.has(folder);
    return {
      id: randomUUID(),
      _id: randomUUID(),
      workspace: this.projectId,
      environment: this.environment,
      version: number,
      type: 'shared',
      secretKey: name,
      secretValue: isHidden ? '<hidden-by-infisical>' : value,
      secretValueHidden: isHidden,
      secretComment: '',
      secretPath: folder,
      tags: [],
    };
  }
}
