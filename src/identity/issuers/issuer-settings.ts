import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { type Algorithm, type TrustedIssuer } from './domain/trusted-issuer';

export interface IssuerSettingsInit {
  readonly jwtSecret?: string;
  readonly jwksUrl?: string;
  /** The address of the existing user service, which is the issuer name of its tokens. */
  readonly userServiceUrl?: string;
  /** What the user service calls us in `aud`, where its tokens have one. */
  readonly audience?: string;
  /** false: this process may not read the others, so it believes those of the settings alone. */
  readonly knowsStored?: boolean;
}

const NO_ADDRESS = 'user-service';
const PUBLIC_KEY: readonly Algorithm[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'ES256',
  'ES384',
  'EdDSA',
  'Ed25519',
];

/** The existing user service, as the settings of the process describe it. Made by the roots. */
export class IssuerSettings {
  readonly builtIn: readonly TrustedIssuer[];
  readonly knowsStored: boolean;

  constructor({ knowsStored = true, ...service }: IssuerSettingsInit = {}) {
    const { jwtSecret, jwksUrl, userServiceUrl = NO_ADDRESS, audience } = service;
    this.knowsStored = knowsStored;
    const audiences = audience === undefined ? [] : [audience];
    const common = { ...USER_SERVICE, issuer: userServiceUrl, audiences };
    this.builtIn = [
      ...(jwtSecret === undefined
        ? []
        : [
            {
              ...common,
              ...{ id: 'user-service', name: 'user-service', algorithms: ['HS256'] as const },
              ...{ jwksUrl: null, sharedSecret: Buffer.from(jwtSecret) },
            },
          ]),
      ...(jwksUrl === undefined
        ? []
        : [
            {
              ...common,
              ...{ id: 'user-service-keys', name: 'user-service-keys', algorithms: PUBLIC_KEY },
              ...{ jwksUrl, sharedSecret: undefined },
            },
          ]),
    ];
  }
}

/** Tokens of Flask services usually say neither who made them nor for whom; who has the key made them for us. */
const USER_SERVICE = {
  roleClaims: ['roles', 'role'],
  roleMap: {},
  defaultRole: null,
  workspaceClaim: null,
  workspaceMap: {},
  workspaceId: DEFAULT_WORKSPACE_ID,
  acceptsMissingIssuer: true,
  acceptsMissingAudience: true,
  servesMcp: false,
  signIn: null,
  isBuiltIn: true,
  clientSecret: undefined,
} as const;
