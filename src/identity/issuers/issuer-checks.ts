import { Injectable } from '@nestjs/common';
import { isSampleSecret } from '@app/config';
import { type FieldProblem, isUuid } from '@app/kernel';
import { checkUrlWhenSaved, EgressPolicy } from '@app/security';
import { IssuerBuiltInError, IssuerInvalidError, IssuerUnknownError } from './domain/issuer.errors';
import { faultsOfIssuer, MIN_SECRET_LENGTH, problem } from './domain/issuer-rules';
import { type IssuerContent, type TrustedIssuer } from './domain/trusted-issuer';
import { type SecretKind } from './issuer-row';
import { TrustedIssuers } from './trusted-issuers';

/** Sent with a change; null takes a secret away, undefined leaves it. */
export type SecretChange = Readonly<Record<SecretKind, string | null | undefined>>;

/** Whether a described issuer may be trusted. */
@Injectable()
export class IssuerChecks {
  constructor(
    private readonly trusted: TrustedIssuers,
    private readonly policy: EgressPolicy,
  ) {}

  /** Throws for an id that is none, or that of an issuer of the settings. */
  demandChangeable(id: string): void {
    const builtIn = this.trusted.fromSettings.find((issuer) => issuer.id === id);
    if (builtIn !== undefined) throw new IssuerBuiltInError(builtIn.name);
    if (!isUuid(id)) throw new IssuerUnknownError(id);
  }

  /** Throws an `IssuerInvalidError` with every fault there is. `before` is what is changed, if it was there. */
  demandValid(content: IssuerContent, secrets: SecretChange, before?: TrustedIssuer): void {
    const given = {
      shared: isSet(secrets.shared, before?.sharedSecret),
      client: isSet(secrets.client, before?.clientSecret),
    };
    const faults = [
      ...faultsOfIssuer(content, given),
      ...this.faultsOfAddresses(content),
      ...faultsOfSecret(secrets.shared),
      ...this.faultsOfName(content),
    ];
    if (faults.length > 0) throw new IssuerInvalidError(faults);
  }

  private faultsOfName({ name }: IssuerContent): FieldProblem[] {
    const isTaken = this.trusted.fromSettings.some((issuer) => issuer.name === name);
    return isTaken ? [problem('/name', 'is the name of an issuer of the settings')] : [];
  }

  /** Whoever may write a row must not be able to make us call what only we can reach. */
  private faultsOfAddresses({ jwksUrl, issuer, signIn }: IssuerContent): FieldProblem[] {
    const urls = [
      ...(jwksUrl === null ? [] : [[jwksUrl, '/jwks_url'] as const]),
      ...(signIn === null ? [] : [[issuer, '/issuer'] as const]),
    ];
    return urls.flatMap(([url, pointer]) => checkUrlWhenSaved(url, this.policy, pointer) ?? []);
  }
}

const isSet = (change: string | null | undefined, now: unknown): boolean =>
  change === undefined ? now !== undefined : change !== null;

function faultsOfSecret(secret: string | null | undefined): FieldProblem[] {
  if (secret === null || secret === undefined) return [];
  if (secret.length < MIN_SECRET_LENGTH)
    return [problem('/secret', `must have at least ${MIN_SECRET_LENGTH} characters`)];
  return isSampleSecret(secret) ? [problem('/secret', 'is a sample that everybody knows')] : [];
}
