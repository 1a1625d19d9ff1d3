import { type Duplex } from 'node:stream';
import { type Attachment } from '../container-engine';
import { EngineUnavailableError } from '../errors';
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

export interface Feeding {
  /** Returns when the engine has taken every byte, so that whoever is attached beside this and writes then comes second. */
  deliver(): Promise<void>;
  abandon(): void;
}

/** Opens the standard input before the start, so that what is written to it are the first bytes the program reads. */
export async function feed(calls: DockerCalls, id: string, bytes: Buffer): Promise<Feeding> {
  const socket = await openAttach(calls, id, { stdin: true, stdout: false, stderr: false });
  const isTaken = new Promise<boolean>((resolve) => {
    socket.once('end', () => {
      resolve(true);
    });
    socket.once('close', () => {
      resolve(false);
    });
  });
  socket.resume();
  return {
    deliver: async () => {
      const timer = setTimeout(() => socket.destroy(), DELIVER_WITHIN_MS);
      socket.end(bytes);
      const wasTaken = await isTaken;
      clearTimeout(timer);
      if (!wasTaken) throw new EngineUnavailableError('it did not take the secrets of a container');
    },
    abandon: () => {
      socket.destroy();
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
