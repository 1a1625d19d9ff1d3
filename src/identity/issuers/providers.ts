import { ForeignTokens } from './foreign-tokens';
import { IssuerChanges } from './issuer-changes';
import { IssuerChecks } from './issuer-checks';
import { IssuerFacts } from './issuer-facts';
import { IssuerStore } from './issuer-store';
import { IssuerTokens } from './issuer-tokens';
import { OwnAddresses } from './own-addresses';
import { TrustedIssuers } from './trusted-issuers';

/** What the module of identity is made of, as far as it concerns tokens of others. */
export const ISSUER_PROVIDERS = [
  ...[IssuerStore, TrustedIssuers, OwnAddresses, IssuerTokens],
  { provide: ForeignTokens, useExisting: IssuerTokens },
];

/** For the faces, which tell clients where to go for a token. */
export const ISSUER_EXPORTS = [IssuerStore, OwnAddresses, TrustedIssuers];

/** For the process that changes them. */
export const ISSUER_CHANGE_PROVIDERS = [IssuerChanges, IssuerChecks, IssuerFacts];
