import { Injectable } from '@nestjs/common';
import { type InstanceSpec, parseSecretReference } from '@app/contracts';
import { type FieldProblem, isSameJson, type JsonObject } from '@app/kernel';
import { checkUrlWhenSaved, EgressPolicy } from '@app/security';
import { SecretProviders } from '../../secrets';
import { type Caller } from '../domain/caller';
import {
  InstanceSpecInvalidError,
  SecretReferenceUnknownError,
  SecretUseForbiddenError,
} from '../domain/instance.errors';
import { InstancesOptions } from '../instances.options';
import { type PreparedSpec, type SpecDraft, SpecPreparer } from '../spec/prepare-spec';
import { referencePointers } from '../spec/secret-moves';

const ENVIRONMENT_SCOPE = 'env';

/** The rules for specifications together with what they need from outside: the outbound policy and the secret store. */
@Injectable()
export class SpecPreparation {
  private readonly preparer: SpecPreparer;
  private readonly strictPolicy: EgressPolicy;

  constructor(
    private readonly options: InstancesOptions,
    private readonly policy: EgressPolicy,
    private readonly secrets: SecretProviders,
  ) {
    this.preparer = new SpecPreparer(options);
    this.strictPolicy = new EgressPolicy({ allow: policy.allow, deny: policy.deny, localMode: false });
  }

  prepare(draft: SpecDraft, caller: Caller): PreparedSpec {
    const policy = caller.isAdmin ? this.policy : this.strictPolicy;
    return this.preparer.prepare(draft, (url) => checkUrlWhenSaved(url, policy));
  }

  judgePart(base: JsonObject): readonly FieldProblem[] {
    return this.preparer.judgePart(base);
  }

  assertReplicas(replicas: number, spec: InstanceSpec): void {
    const max = spec.type === 'url' ? 1 : this.options.caps.replicas;
    if (replicas <= max) return;
    throw new InstanceSpecInvalidError([
      { pointer: '/replicas', code: 'invalid', detail: `must be at most ${max} here` },
    ]);
  }

  /**
   * References that come with this change: each must lead somewhere, and the caller must be allowed to use it. Inside
   * the caller's transaction, so that none of them can be deleted before the specification that needs it is stored.
   */
  async assertReferences(
    prepared: PreparedSpec,
    instanceId: string,
    caller: Caller,
    before?: InstanceSpec,
  ): Promise<void> {
    if (before !== undefined) assertMayRedirect(before, prepared, instanceId, caller);
    const old = before === undefined ? new Map<string, string>() : referencePointers(before);
    const fresh = [...referencePointers(prepared.spec)]
      .filter(([text]) => !old.has(text) && !isOwn(text, instanceId, prepared))
      .map(([text, pointer]) => [text, prepared.pointers(pointer)] as const);
    if (fresh.length === 0) return;
    const forbidden = fresh.filter(([text]) => !mayUse(text, caller));
    if (forbidden.length > 0)
      throw new SecretUseForbiddenError(
        forbidden.map(problem('forbidden', 'the caller may not use this secret')),
      );
    const missing = await this.secrets.missing(fresh.map(([text]) => text));
    if (missing.size === 0) return;
    const unknown = fresh.filter(([text]) => missing.has(text));
    throw new SecretReferenceUnknownError(unknown.map(problem('unknown', 'no such secret is stored')));
  }
}

/** Who changes a specification decides where its secrets go: for those that stood there before it takes the same right. */
function assertMayRedirect(
  before: InstanceSpec,
  prepared: PreparedSpec,
  instanceId: string,
  caller: Caller,
): void {
  if (isSameJson(before, prepared.spec)) return;
  const old = referencePointers(before);
  const forbidden = [...referencePointers(prepared.spec)].filter(
    ([text]) => old.has(text) && !isOwn(text, instanceId, prepared) && !mayUse(text, caller),
  );
  if (forbidden.length > 0)
    throw new SecretUseForbiddenError(
      forbidden.map(problem('forbidden', 'the caller may not decide where this secret goes')),
    );
}

/** A value that was moved to the store by this very change. */
function isOwn(text: string, instanceId: string, { secrets }: PreparedSpec): boolean {
  const reference = parseSecretReference(text);
  return reference?.scope === instanceId && secrets.has(reference.name);
}

const mayUse = (text: string, caller: Caller): boolean =>
  parseSecretReference(text)?.scope === ENVIRONMENT_SCOPE ? caller.isAdmin : caller.may('secrets:use');

const problem =
  (code: string, detail: string) =>
  ([, pointer]: readonly [string, string]): FieldProblem => ({ pointer, code, detail });
