import { type SecretReference } from '@app/contracts';
import { Semaphore } from '@app/resilience';
import { ProviderFault } from '../domain/provider-fault';
import {
  type ProviderHealth,
  type References,
  SecretProvider,
  type SecretValue,
} from '../domain/secret-provider';
import { AccessToken, type GrantedToken } from './access-token';
import { folderOf } from './provider-path';
import { type InfisicalSetting } from './provider-setting';
import { member, RemoteApi, type RemoteAnswer } from './remote-api';

const PARALLEL_READS = 4;
const SECRETS = '/api/v3/secrets/raw';

/** Infisical, known by a machine identity (universal auth): a scope is a folder of one project and environment. */
export class InfisicalProvider extends SecretProvider {
  override readonly name: string;
  private readonly api: RemoteApi;
  private readonly access = new AccessToken((previous) => this.grant(previous));
  private readonly places = new Semaphore(PARALLEL_READS, Number.POSITIVE_INFINITY);

  constructor(
    private readonly setting: InfisicalSetting,
    private readonly learn: (secret: string) => void,
  ) {
    super();
    this.name = `Infisical at ${setting.host}`;
    this.api = new RemoteApi(this.name, setting);
  }

  override async getMany(references: References, workspaceId: string): Promise<Map<string, SecretValue>> {
    const values = new Map<string, SecretValue>();
    await Promise.all(
      [...references].map(([text, reference]) =>
        this.places.run(async () => {
          const value = await this.read(reference, workspaceId);
          if (value !== undefined) values.set(text, value);
        }),
      ),
    );
    return values;
  }

  override async list(scope: string, workspaceId: string): Promise<readonly string[]> {
    const place = this.placeOf(scope, workspaceId);
    if (place === undefined) return [];
    const answer = await this.askWithToken(`${SECRETS}?${place.toString()}`);
    if (answer.status === 404) return [];
    const found = member(accepted(answer).body, 'secrets');
    const names = Array.isArray(found) ? found.map((secret: unknown) => member(secret, 'secretKey')) : [];
    return names.filter((name) => typeof name === 'string');
  }

  override async health(): Promise<ProviderHealth> {
    const { status } = await this.api.look({ method: 'GET', path: '/api/status' });
    if (status !== 200) return { ok: false, detail: `${this.name} answers with status ${status}.` };
    await this.access.get();
    return { ok: true, detail: `${this.name} answers, and takes our credential.` };
  }

  override close(): Promise<void> {
    return this.api.close();
  }

  private async read(
    { scope, name, version }: SecretReference,
    workspaceId: string,
  ): Promise<SecretValue | undefined> {
    const place = this.placeOf(scope, workspaceId);
    if (place === undefined) return undefined;
    if (version !== undefined) place.set('version', String(version));
    const answer = await this.askWithToken(`${SECRETS}/${encodeURIComponent(name)}?${place.toString()}`);
    if (answer.status === 404) return undefined;
    const secret = member(accepted(answer).body, 'secret');
    if (member(secret, 'secretValueHidden') === true) throw new ProviderFault(NOT_ALLOWED, false);
    const value = member(secret, 'secretValue');
    if (typeof value !== 'string' || value === '') return undefined;
    return { value, version: Number(member(secret, 'version')) || 0 };
  }

  private async askWithToken(path: string): Promise<RemoteAnswer> {
    const token = await this.access.get();
    const answer = await this.api.ask({ method: 'GET', path, headers: bearer(token) });
    if (answer.status !== 401) return answer;
    this.access.reject(token);
    return this.api.ask({ method: 'GET', path, headers: bearer(await this.access.get()) });
  }

  /** A login counts against the identity's limit of uses; a renewal does not. */
  private async grant(previous: string | undefined): Promise<GrantedToken> {
    const post = (path: string, body: object) => this.api.ask({ method: 'POST', path, body });
    if (previous !== undefined) {
      const renewed = await post('/api/v1/auth/token/renew', { accessToken: previous });
      if (renewed.status === 200) return this.granted(renewed);
    }
    const { clientId, clientSecret } = this.setting;
    const answer = await post('/api/v1/auth/universal-auth/login', { clientId, clientSecret });
    if (answer.status !== 200) throw new ProviderFault('it does not take our credential', false);
    return this.granted(answer);
  }

  private granted({ body }: RemoteAnswer): GrantedToken {
    const token = member(body, 'accessToken');
    const validForS = Number(member(body, 'expiresIn'));
    if (typeof token !== 'string' || token === '' || !Number.isFinite(validForS))
      throw new ProviderFault('its answer to our credential is none', true);
    this.learn(token);
    return { token, validForS };
  }

  private placeOf(scope: string, workspaceId: string): URLSearchParams | undefined {
    const folder = folderOf(workspaceId, scope);
    if (folder === undefined) return undefined;
    const { projectId, environment, base } = this.setting;
    return new URLSearchParams({
      workspaceId: projectId,
      environment,
      secretPath: `/${[...base, ...folder].join('/')}`,
      type: 'shared',
      viewSecretValue: 'true',
    });
  }
}

const NOT_ALLOWED = 'it does not allow us to read that';

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

function accepted(answer: RemoteAnswer): RemoteAnswer {
  if (answer.status === 200) return answer;
  if (answer.status === 403) throw new ProviderFault(NOT_ALLOWED, false);
  throw new ProviderFault(
    answer.status === 401 ? 'it does not take our credential' : `it answers with status ${answer.status}`,
    false,
  );
}
