import { CodeExchange } from './code-exchange';
import { IssuerMetadata } from './issuer-metadata';
import { OidcSignIn } from './oidc-sign-in';
import { SignInStates } from './sign-in-state';

/** Signing in at other issuers, for the process that has users. */
export const OIDC_PROVIDERS = [CodeExchange, IssuerMetadata, OidcSignIn, SignInStates];
