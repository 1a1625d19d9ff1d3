import { existsSync } from 'node:fs';
import { type ContainerSecretDelivery } from '../container-engine';
import { environmentBlock } from '../secrets/environment-block';
import { SecretFolder, type SecretFolderOwner } from '../secrets/secret-folder';

export const SECRETS_TARGET = '/run/secrets';
export const LAUNCHER_TARGET = '/run/quayside-launcher';
const BLOCK_FILE = 'env';

export interface SecretFiles {
  readonly installation: string;
  readonly container: string;
  readonly delivery: 'file' | 'launcher';
  readonly values: ReadonlyMap<string, string>;
  readonly owner: SecretFolderOwner;
}

/** Prepares secrets for a container in the form that its way of delivery wants. */
export class SecretCourier {
  readonly #folder: SecretFolder;

  constructor(
    folder: string,
    readonly launcherPath: string | undefined,
  ) {
    this.#folder = new SecretFolder(folder);
  }

  filesObstacle(): Promise<string | undefined> {
    return this.#folder.obstacle();
  }

  launcherObstacle(): string | undefined {
    const isThere = this.launcherPath !== undefined && existsSync(this.launcherPath);
    return isThere ? undefined : 'the launcher for secrets was not built, because no C compiler was there';
  }

  launcherCall(delivery: ContainerSecretDelivery): readonly string[] {
    return delivery === 'stdin'
      ? [LAUNCHER_TARGET, '--stdin']
      : [LAUNCHER_TARGET, '--file', `${SECRETS_TARGET}/${BLOCK_FILE}`];
  }

  /** Answers with the folder to mount. */
  writeFiles({ installation, container, delivery, values, owner }: SecretFiles): Promise<string> {
    const files: ReadonlyMap<string, Buffer | string> =
      delivery === 'file' ? values : new Map([[BLOCK_FILE, environmentBlock(values)]]);
    return this.#folder.write(installation, container, files, owner);
  }

  async forget(installation: string, container: string): Promise<void> {
    await this.#folder.remove(installation, container);
  }

  async sweep(installation: string, keep: ReadonlySet<string>): Promise<void> {
    await this.#folder.sweep(installation, keep);
  }
}
