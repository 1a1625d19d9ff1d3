import { Semaphore } from '@app/resilience';
import { ProviderFault } from '../domain/provider-fault';
import {
  type ProviderHealth,
  type References,
  SecretProvider,
  type SecretValue,
} from '../domain/secret-provider';
import { folderOf } from './provider-path';
import { type VaultSetting } from './provider-setting';
import { member, RemoteApi, type RemoteAnswer } from './remote-api';
import { VaultLogin } from './vault-login';

/** Paths that are read at the same time. */
const PARALLEL_READS = 4;

interface Read {
  readonly path: string;
  readonly version: number | undefined;
  /** Texts of references, by the name they ask for. */
  readonly wanted: Map<string, string[]>;
}

/**
 * HashiCorp Vault, KV version 2: a scope is a path, a name one of the keys there. Vault versions paths, so `@version` is
 * the version of the path.
 */
export class VaultProvider extends SecretProvider {
  override readonly name: string;
  private readonly api: RemoteApi;
  private readonly login: VaultLogin;
  private readonly places = new Semaphore(PARALLEL_READS, Number.POSITIVE_INFINITY);

  constructor(
    private readonly setting: VaultSetting,
    learn: (secret: string) => void,
  ) {
    super();
    this.name = `Vault at ${setting.host}`;
    this.api = new RemoteApi(this.name, setting);
    this.login = new VaultLogin(this.api, setting, learn);
  }

  override async getMany(references: References, workspaceId: string): Promise<Map<string, SecretValue>> {
    const values = new Map<string, SecretValue>();
    await Promise.all(
      this.readsOf(references, workspaceId).map((read) =>
        this.places.run(async () => {
          for (const [text, value] of await this.valuesOf(read)) values.set(text, value);
        }),
      ),
    );
    return values;
  }

  override async list(scope: string, workspaceId: string): Promise<readonly string[]> {
    const path = this.pathOf(workspaceId, scope);
    const data = path === undefined ? undefined : await this.read(path, undefined);
    return data === undefined ? [] : [...data.values.keys()];
  }

  override async health(): Promise<ProviderHealth> {
    const { status } = await this.api.look({
      method: 'GET',
      path: '/v1/sys/health?standbyok=true&perfstandbyok=true',
    });
    if (status === 503) return { ok: false, detail: `${this.name} is sealed.` };
    if (status !== 200) return { ok: false, detail: `${this.name} answers with status ${status}.` };
    await this.login.token();
    return { ok: true, detail: `${this.name} answers, and takes our credential.` };
  }

  override close(): Promise<void> {
    return this.api.close();
  }

  /** One request for each path and version, whatever number of names is wanted from it. */
  private readsOf(references: References, workspaceId: string): readonly Read[] {
    const reads = new Map<string, Read>();
    for (const [text, { scope, name, version }] of references) {
      const path = this.pathOf(workspaceId, scope);
      if (path === undefined) continue;
      const key = `${path}@${version ?? ''}`;
      const read = reads.get(key) ?? { path, version, wanted: new Map<string, string[]>() };
      read.wanted.set(name, [...(read.wanted.get(name) ?? []), text]);
      reads.set(key, read);
    }
    return [...reads.values()];
  }

  private async valuesOf({ path, version, wanted }: Read): Promise<Map<string, SecretValue>> {
    const found = new Map<string, SecretValue>();
    const data = await this.read(path, version);
    for (const [name, texts] of wanted) {
      const value = data?.values.get(name);
      if (data === undefined || value === undefined) continue;
      for (const text of texts) found.set(text, { value, version: data.version });
    }
    return found;
  }

  /** undefined: nothing lies there, or the version was deleted. */
  private async read(
    path: string,
    version: number | undefined,
  ): Promise<{ values: ReadonlyMap<string, string>; version: number } | undefined> {
    const answer = await this.askWithToken(version === undefined ? path : `${path}?version=${version}`);
    if (answer.status === 404) return undefined;
    if (answer.status === 403) throw new ProviderFault('it does not allow us to read that', false);
    if (answer.status !== 200) throw new ProviderFault(`it answers with status ${answer.status}`, false);
    const outer = member(answer.body, 'data');
    const found = Number(member(member(outer, 'metadata'), 'version'));
    return { values: textsOf(member(outer, 'data')), version: Number.isInteger(found) ? found : 0 };
  }

  /** A token may have been revoked before its time: then once more with a new one. */
  private async askWithToken(path: string): Promise<RemoteAnswer> {
    const token = await this.login.token();
    const answer = await this.api.ask({ method: 'GET', path, headers: this.login.headers(token) });
    if (answer.status !== 403 || !this.login.canRepeat(token)) return answer;
    const fresh = await this.login.token();
    return this.api.ask({ method: 'GET', path, headers: this.login.headers(fresh) });
  }

  private pathOf(workspaceId: string, scope: string): string | undefined {
    const folder = folderOf(workspaceId, scope);
    if (folder === undefined) return undefined;
    const parts = [this.setting.mount, 'data', ...this.setting.base, ...folder];
    return `/v1/${parts.map(encodeURIComponent).join('/')}`;
  }
}

/** Numbers and truth values as they are written; what is empty or no text is no secret. */
function textsOf(data: unknown): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  if (typeof data !== 'object' || data === null) return texts;
  for (const [name, value] of Object.entries(data)) {
    if (typeof value === 'string' && value !== '') texts.set(name, value);
    if (typeof value === 'number' || typeof value === 'boolean') texts.set(name, String(value));
  }
  return texts;
}
