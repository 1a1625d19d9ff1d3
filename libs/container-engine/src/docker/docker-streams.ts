import { type Duplex } from 'node:stream';
import { type Attachment } from '../container-engine';
import { type DockerCalls } from './docker-calls';
import { demultiplex } from './frames';

/** Both ways at once; lives until one side ends it. */
export async function attachTo(calls: DockerCalls, id: string): Promise<Attachment> {
  const socket = await openAttach(calls, id, { stdin: true, stdout: true, stderr: true });
  const { stdout, stderr } = demultiplex(socket);
  const close = (): void => {
    socket.destroy();
  };
  return { stdin: socket, stdout, stderr, close };
}

const DELIVER_WITHIN_MS = 30_000;

/**
 * Writes to the standard input and returns when the engine has taken every byte, so that whoever is attached beside
 * this and writes afterwards comes second.
 */
export async function feed(
  calls: DockerCalls,
  id: string,
  bytes: Buffer,
): Promise<{ deliver(): Promise<void> }> {
  const socket = await openAttach(calls, id, { stdin: true, stdout: false, stderr: false });
  const ended = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error('The engine did not take the secrets in time.'));
    }, DELIVER_WITHIN_MS);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  // Handled when it is awaited; a start that fails first must not leave it unhandled.
  ended.catch(() => undefined);
  socket.resume();
  return {
    deliver: () => {
      socket.end(bytes);
      return ended;
    },
  };
}

async function openAttach(
  calls: DockerCalls,
  id: string,
  streams: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean },
): Promise<Duplex> {
  const stream = await calls.call('attach to the container', (docker, abortSignal) =>
    docker.getContainer(id).attach({ stream: true, hijack: true, ...streams, abortSignal }),
  );
  // A broken pipe shows as the end of the streams; an error without a listener would end this process.
  stream.on('error', () => undefined);
  return stream as Duplex;
}
