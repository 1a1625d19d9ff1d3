import { type PullProgress } from '../container-engine';
import {
  EngineRefusedError,
  EngineUnavailableError,
  ImageNotFoundError,
  ImagePullFailedError,
} from '../errors';
import { LineSplitter } from '../line-ring';
import { type DockerCalls } from './docker-calls';

/** A pull may take long, but not without a word: then the registry or the way to it is stuck. */
export const PULL_SILENCE_MS = 120_000;
export const PULL_WITHIN_MS = 30 * 60_000;

interface PullEvent {
  readonly status?: string;
  readonly id?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

export async function pullImage(
  calls: DockerCalls,
  image: string,
  onProgress: ((progress: PullProgress) => void) | undefined,
  silenceMs = PULL_SILENCE_MS,
): Promise<void> {
  try {
    const stream = await calls.call(
      'pull the image',
      (docker, abortSignal) => docker.pull(image, { abortSignal }),
      silenceMs,
      // The engine answers when the registry has: silence is the registry's, the engine may be well.
      (words) => new ImagePullFailedError(image, words),
    );
    await followPull(
      stream as NodeJS.ReadableStream & { destroy(error?: Error): void },
      onProgress,
      silenceMs,
    );
  } catch (error) {
    throw pullFailure(image, error);
  }
}

/** Less than whoever asks the holder of the engine waits for its answer. */
const REGISTRY_WITHIN_MS = 4_000;

/** Whether the registry has the image for us. Silence and faults of the way there are errors, not a no. */
export async function askRegistry(calls: DockerCalls, image: string): Promise<boolean> {
  try {
    await calls.call(
      'ask the registry for the image',
      (docker) => docker.getImage(image).distribution(),
      REGISTRY_WITHIN_MS,
      (words) => new ImagePullFailedError(image, words),
    );
    return true;
  } catch (error) {
    const failure = pullFailure(image, error);
    if (failure instanceof ImageNotFoundError) return false;
    throw failure;
  }
}

/** What the registry said, carried through the stream. */
class RegistryError extends Error {}

async function followPull(
  stream: NodeJS.ReadableStream & { destroy(error?: Error): void },
  onProgress: ((progress: PullProgress) => void) | undefined,
  silenceMs: number,
): Promise<void> {
  let failure: string | undefined;
  const lines = new LineSplitter((line) => {
    const event = parsed(line);
    failure = event?.errorDetail?.message ?? event?.error ?? failure;
    if (event?.status !== undefined) onProgress?.(progressOf(event, event.status));
  });
  const stop = (words: string) => (): void => {
    stream.destroy(new RegistryError(words));
  };
  const whole = setTimeout(stop('it took longer than the limit'), PULL_WITHIN_MS);
  const silence = setTimeout(stop(`nothing came for ${Math.round(silenceMs / 1000)} s`), silenceMs);
  try {
    for await (const chunk of stream) {
      silence.refresh();
      lines.push(Buffer.from(chunk));
    }
    lines.end();
  } finally {
    clearTimeout(whole);
    clearTimeout(silence);
  }
  if (failure !== undefined) throw new RegistryError(failure);
}

function parsed(line: string): PullEvent | undefined {
  if (line.trim() === '') return undefined;
  try {
    return JSON.parse(line) as PullEvent;
  } catch {
    // A cut line is progress that nobody sees, not a failure of the pull.
    return undefined;
  }
}

const progressOf = ({ id, progressDetail }: PullEvent, status: string): PullProgress => ({
  status,
  layer: id ?? null,
  currentBytes: progressDetail?.current ?? 0,
  totalBytes: progressDetail?.total ?? null,
});

/** Registries say "not there" and "not for you" in one breath; both are a matter of the name, not of the network. */
const NOT_FOUND = /manifest unknown|not found|does not exist|denied|unauthorized|name unknown/i;

function pullFailure(image: string, error: unknown): Error {
  if (error instanceof EngineUnavailableError || error instanceof ImagePullFailedError) return error;
  const words =
    error instanceof EngineRefusedError ? error.words : error instanceof Error ? error.message : '';
  // Names that cannot be looked up are "not found" too, but those are the network's fault.
  if (NOT_FOUND.test(words) && !/lookup|no such host/i.test(words)) {
    return new ImageNotFoundError(image, words, { cause: error });
  }
  return new ImagePullFailedError(image, words === '' ? 'the connection broke' : words, { cause: error });
}
