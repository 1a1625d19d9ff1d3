import { ProviderFault } from '../domain/provider-fault';
import { AccessToken, type GrantedToken } from './access-token';
import { type VaultSetting } from './provider-setting';
import { member, type RemoteAnswer, type RemoteApi } from './remote-api';

/** How we are known to Vault: by a token that is renewed, or by a role that logs in again when its token ends. */
export class VaultLogin {
  private readonly access = new AccessToken((previous) => this.grant(previous));

  constructor(
    private readonly api: RemoteApi,
    private readonly setting: VaultSetting,
    private readonly learn: (secret: string) => void,
  ) {}

  token(): Promise<string> {
    return this.access.get();
  }

  headers(token?: string): Record<string, string> {
    const { namespace } = this.setting;
    return {
      'x-vault-request': 'true',
      ...(token === undefined ? {} : { 'x-vault-token': token }),
      ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
    };
  }

  /** Whether a refused token can be replaced; the refused one is forgotten then. */
  canRepeat(token: string): boolean {
    if (this.setting.credential.kind === 'token') return false;
    this.access.reject(token);
    return true;
  }

  private async grant(previous: string | undefined): Promise<GrantedToken> {
    const { credential } = this.setting;
    const renewed = previous === undefined ? undefined : await this.renew(previous);
    if (renewed !== undefined) return renewed;
    if (credential.kind === 'token') return this.lookUp(credential.token);
    const { mount, roleId, secretId } = credential;
    const answer = await this.api.ask({
      method: 'POST',
      path: `/v1/auth/${mount.split('/').map(encodeURIComponent).join('/')}/login`,
      headers: this.headers(),
      body: { role_id: roleId, secret_id: secretId },
    });
    return this.granted(accepted(answer));
  }

  /** undefined: it cannot be prolonged any more. */
  private async renew(token: string): Promise<GrantedToken | undefined> {
    const answer = await this.api.ask({
      method: 'POST',
      path: '/v1/auth/token/renew-self',
      headers: this.headers(token),
      body: {},
    });
    return answer.status === 200 ? this.granted(answer) : undefined;
  }

  /** How long it is good for, so that it can be renewed in time. One that cannot be is used until it is refused. */
  private async lookUp(token: string): Promise<GrantedToken> {
    const path = '/v1/auth/token/lookup-self';
    const answer = accepted(await this.api.ask({ method: 'GET', path, headers: this.headers(token) }));
    const data = member(answer.body, 'data');
    const ttlS = Number(member(data, 'ttl'));
    const isRenewable = member(data, 'renewable') === true && ttlS > 0;
    return { token, validForS: isRenewable ? ttlS : 0 };
  }

  private granted({ body }: RemoteAnswer): GrantedToken {
    const auth = member(body, 'auth');
    const token = member(auth, 'client_token');
    const validForS = Number(member(auth, 'lease_duration'));
    if (typeof token !== 'string' || token === '' || !Number.isFinite(validForS))
      throw new ProviderFault('its answer to our credential is none', true);
    this.learn(token);
    return { token, validForS };
  }
}

/** Vault says 400 for a role or a secret of one that it does not know, and 403 for a token. */
function accepted(answer: RemoteAnswer): RemoteAnswer {
  if (answer.status === 200) return answer;
  throw new ProviderFault('it does not take our credential', false);
}
