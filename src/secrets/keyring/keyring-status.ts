import { Injectable } from '@nestjs/common';
import { Keyring } from '@app/security';
import { KeyringRows, type RotationRow } from './keyring-rows';

export interface MasterKeyStatus {
  readonly kid: string;
  readonly isPrimary: boolean;
  /** false: something is sealed with it, and no process could open that. */
  readonly isPresent: boolean;
  /** Versions of secrets whose data key it wraps. */
  readonly versions: number;
  readonly isRemovable: boolean;
  /** Why it may, or may not, be removed. */
  readonly because: string;
}

export interface KeyringReport {
  readonly primary: string;
  readonly keys: readonly MasterKeyStatus[];
  readonly rotation: RotationRow | undefined;
}

interface Needs {
  readonly versions: number;
  readonly root: boolean;
  readonly olderKeys: number;
  readonly isRotating: boolean;
}

/** Which master keys there are, what hangs on each, and which are needed no more. */
@Injectable()
export class KeyringStatus {
  constructor(
    private readonly rows: KeyringRows,
    private readonly keyring: Keyring,
  ) {}

  async report(): Promise<KeyringReport> {
    const [counts, root, rotation] = await Promise.all([
      this.rows.counts(),
      this.rows.root(),
      this.rows.latest(),
    ]);
    const isRotating = rotation?.status === 'pending' || rotation?.status === 'running';
    const countOf = (names: readonly string[]): number =>
      names.reduce((sum, name) => sum + (counts.get(name) ?? 0), 0);
    const present = this.keyring.masters.map((names, at) => {
      const [kid = ''] = names;
      const needs: Needs = {
        versions: countOf(names),
        root: root !== undefined && names.includes(root.kid),
        olderKeys: root?.older_keys ?? 0,
        isRotating,
      };
      return at === 0 ? primary(kid, needs) : older(kid, needs);
    });
    const known = new Set(this.keyring.kids);
    const absent = [...counts].filter(([kid]) => !known.has(kid)).map(([kid, count]) => missing(kid, count));
    return { primary: this.keyring.primaryKid, keys: [...present, ...absent], rotation };
  }

  /** For the gauge: the names under which the operator knows the keys. */
  async versionsByKey(): Promise<ReadonlyMap<string, number>> {
    const { keys } = await this.report();
    return new Map(keys.map(({ kid, versions }) => [kid, versions]));
  }
}

const primary = (kid: string, { versions }: Needs): MasterKeyStatus => ({
  ...{ kid, isPrimary: true, isPresent: true, versions, isRemovable: false },
  because: 'New values are wrapped with it.',
});

function older(kid: string, needs: Needs): MasterKeyStatus {
  const because = obstacle(needs);
  return {
    ...{ kid, isPrimary: false, isPresent: true, versions: needs.versions },
    isRemovable: because === undefined,
    because: because ?? 'Nothing that is stored needs it. Remove it from MASTER_KEY and start again.',
  };
}

function obstacle({ versions, root, olderKeys, isRotating }: Needs): string | undefined {
  if (isRotating) return 'A rotation is running.';
  if (versions > 0) return `It wraps ${versions} versions of secrets: rotate first.`;
  if (root) return 'It wraps the root key of the installation: rotate first.';
  if (olderKeys > 0)
    return `${olderKeys} API keys were made before the installation had a root key: replace them first.`;
  return undefined;
}

const missing = (kid: string, versions: number): MasterKeyStatus => ({
  ...{ kid, isPrimary: false, isPresent: false, versions, isRemovable: false },
  because: 'MASTER_KEY does not hold it: what it wraps cannot be read until it is added again.',
});
