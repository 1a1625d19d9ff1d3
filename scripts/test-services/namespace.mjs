import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A shell that holds the namespace open and ends when its standard input does: with us, however we end. */
const HOLDER = 'ip link set lo up && echo ready && exec cat >/dev/null';
const READY_LIMIT_MS = 10_000;

/** A network of its own with a loopback interface. Mounts are private too, so that what leaks goes with it. */
export async function startNamespace() {
  const holder = spawn('unshare', ['--net', '--mount', '--propagation', 'private', 'sh', '-c', HOLDER], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const limit = setTimeout(() => holder.kill('SIGKILL'), READY_LIMIT_MS);
  const said = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')]);
  clearTimeout(limit);
  if (!String(said[0]).startsWith('ready'))
    throw new Error('A network namespace could not be made (unshare --net --mount).');
  return {
    wrap: (command) => ['nsenter', `--target=${holder.pid}`, '--net', '--mount', '--', ...command],
    stop: async () => {
      if (holder.exitCode !== null || holder.signalCode !== null) return;
      const ended = once(holder, 'exit');
      holder.stdin.end();
      holder.kill('SIGKILL');
      await ended;
    },
  };
}
