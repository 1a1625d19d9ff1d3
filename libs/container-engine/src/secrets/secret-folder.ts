import { chmod, chown, lstat, mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** `statfs` type of tmpfs: memory, never a disk. */
const TMPFS_MAGIC = 0x01021994;
/** Longer than a create takes: its files are there before the engine lists the container. */
const YOUNG_MS = 10 * 60_000;
const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

export interface SecretFolderOwner {
  readonly uid: number;
  readonly gid: number;
}

/** Files of secrets for containers: in memory, one folder per container, readable by the container's user alone. */
export class SecretFolder {
  constructor(private readonly root: string) {}

  /** Why files cannot be made here; undefined when they can. */
  async obstacle(): Promise<string | undefined> {
    if (process.getuid?.() !== 0)
      return 'this process is not root, so it cannot give files to the user of a container';
    try {
      await mkdir(this.root, { recursive: true, mode: 0o700 });
      const { type } = await statfs(this.root);
      return type === TMPFS_MAGIC ? undefined : 'there is no file system in memory for files of secrets';
    } catch {
      return 'there is no folder in memory for files of secrets';
    }
  }

  /** Where the files of a container are, whether or not they exist. */
  pathOf(installation: string, container: string): string {
    return join(this.#installationPath(installation), safe(container));
  }

  async write(
    installation: string,
    container: string,
    files: ReadonlyMap<string, Buffer | string>,
    owner: SecretFolderOwner,
  ): Promise<string> {
    const parent = this.#installationPath(installation);
    await mkdir(parent, { recursive: true, mode: 0o700 });
    // The root is open to every user of the machine: whoever was there first could read along.
    const { uid, mode } = await lstat(parent);
    if (uid !== process.getuid?.() || (mode & 0o077) !== 0) {
      throw new Error('The folder for files of secrets belongs to somebody else.');
    }
    const path = this.pathOf(installation, container);
    await mkdir(path, { recursive: true, mode: 0o700 });
    await Promise.all(
      [...files].map(([name, content]) => writeOwned(join(path, safe(name)), content, owner)),
    );
    await chown(path, owner.uid, owner.gid);
    return path;
  }

  async remove(installation: string, container: string): Promise<void> {
    await rm(this.pathOf(installation, container), { recursive: true, force: true });
  }

  /** Removes the files of every container that is not named, unless they were made just now for one to come. */
  async sweep(installation: string, keep: ReadonlySet<string>): Promise<void> {
    const present = await readdir(this.#installationPath(installation)).catch(() => [] as string[]);
    for (const name of present) {
      const stats = await lstat(this.pathOf(installation, name)).catch(() => undefined);
      const isOld = stats !== undefined && Date.now() - stats.mtimeMs > YOUNG_MS;
      if (isOld && !keep.has(name)) await this.remove(installation, name);
    }
  }

  #installationPath(installation: string): string {
    return join(this.root, `quayside-${safe(installation)}`);
  }
}

function safe(name: string): string {
  if (!SAFE_NAME.test(name))
    throw new Error('A name in the path of secrets has characters that do not belong there.');
  return name;
}

async function writeOwned(
  path: string,
  content: Buffer | string,
  { uid, gid }: SecretFolderOwner,
): Promise<void> {
  // Removed first: a file of a former start is 0400 of another user, and may be mounted.
  await rm(path, { force: true });
  await writeFile(path, content, { mode: 0o400, flag: 'wx' });
  await chmod(path, 0o400);
  await chown(path, uid, gid);
}
