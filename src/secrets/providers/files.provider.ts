import { constants } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type SecretReference } from '@app/contracts';
import { ProviderFault } from '../domain/provider-fault';
import {
  type ProviderHealth,
  type References,
  SecretProvider,
  type SecretValue,
} from '../domain/secret-provider';
import { folderOf } from './provider-path';

/** As much as the own store takes. */
const MAX_BYTES = 65_536;
/** Written by a group, or touched by everybody: then others can read it, or decide what we believe. */
const TOO_OPEN = 0o027;

/** Files below one folder, `<scope>/<NAME>` each, as orchestrators mount them. */
export class FilesProvider extends SecretProvider {
  override readonly name: string = 'the folder of secret files';

  constructor(private readonly folder: string) {
    super();
  }

  override async getMany(references: References, workspaceId: string): Promise<Map<string, SecretValue>> {
    const values = new Map<string, SecretValue>();
    for (const [text, reference] of references) {
      const value = await this.read(reference, workspaceId);
      if (value !== undefined) values.set(text, { value, version: 1 });
    }
    return values;
  }

  override async list(scope: string, workspaceId: string): Promise<readonly string[]> {
    const folder = folderOf(workspaceId, scope);
    const path = folder === undefined ? undefined : await this.within(join(this.folder, ...folder));
    if (path === undefined) return [];
    return (await readdir(path)).filter((name) => !name.startsWith('.')).sort();
  }

  override async health(): Promise<ProviderHealth> {
    const isFolder = await stat(this.folder).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isFolder) return { ok: false, detail: 'The folder of secret files is not there.' };
    return { ok: true, detail: 'The folder of secret files can be read.' };
  }

  /** A file has one version: whoever wants another one does not get this one. */
  private async read(
    { scope, name, version }: SecretReference,
    workspaceId: string,
  ): Promise<string | undefined> {
    const folder = folderOf(workspaceId, scope);
    if (folder === undefined || version !== undefined) return undefined;
    const path = await this.within(join(this.folder, ...folder, name));
    if (path === undefined) return undefined;
    // Opened first and judged then: what is judged is what is read.
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(refused);
    try {
      const { mode, size } = await file.stat();
      if ((mode & constants.S_IFMT) !== constants.S_IFREG) return undefined;
      if ((mode & TOO_OPEN) !== 0) throw new ProviderFault('others may read or change its file', false);
      if (size > MAX_BYTES) throw new ProviderFault('its file is too large', false);
      const text = (await file.readFile('utf8')).replace(/\r?\n$/, '');
      return text === '' ? undefined : text;
    } finally {
      await file.close();
    }
  }

  /** Links may lead around below the folder, as those of Kubernetes do, but never out of it. */
  private async within(path: string): Promise<string | undefined> {
    const [root, target] = await Promise.all([realpath(this.folder).catch(refused), realpathOf(path)]);
    if (target === undefined) return undefined;
    if (!target.startsWith(root + sep)) throw new ProviderFault('its file lies elsewhere', false);
    return target;
  }
}

async function realpathOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return refused(error);
  }
}

function refused(error: unknown): never {
  throw new ProviderFault('it cannot be read there', true, { cause: error });
}
