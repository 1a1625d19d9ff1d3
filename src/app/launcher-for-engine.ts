import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/** Files that Docker and Podman put into every container. */
const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv'];
/** Without arguments it ends at once, in words. */
const TRY_WITHIN_MS = 10_000;

/**
 * The engine mounts the launcher from its own file system. From inside a container that is another one than ours; the folder
 * for secrets is the place that a deployment shares at the same path. Where it does not, the engine finds no launcher and
 * the next weaker delivery is taken, visibly.
 */
export function launcherForEngine(
  built: string | undefined,
  sharedFolder: string,
  isContainer = CONTAINER_MARKS.some((mark) => existsSync(mark)),
): string | undefined {
  if (built === undefined || !isContainer || process.getuid?.() !== 0) return built;
  const shared = join(sharedFolder, 'launcher');
  const fresh = `${shared}.${String(process.pid)}`;
  try {
    mkdirSync(sharedFolder, { recursive: true, mode: 0o700 });
    copyFileSync(built, fresh);
    chmodSync(fresh, 0o755);
    renameSync(fresh, shared);
  } catch {
    // A folder that cannot be written is not shared either.
    return built;
  }
  // A container's own /dev/shm lets nothing run from it.
  return spawnSync(shared, [], { timeout: TRY_WITHIN_MS }).error === undefined ? shared : built;
}
