import { type Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { type LogOptions } from '../container-engine';
import { EngineRefusedError } from '../errors';
import { LineSplitter } from '../line-ring';
import { type DockerCalls, orNotFound } from './docker-calls';
import { demultiplex, joinFrames } from './frames';

const MAX_LOG_LINES = 10_000;

/** Whatever has logs: a container, or a service of Swarm. */
export type LogSource = (docker: Dockerode, id: string) => Pick<Dockerode.Container, 'logs'>;

/** What containers wrote, as the engine keeps it. Of servers that speak over their output it keeps nothing. */
export class DockerOutput {
  constructor(
    private readonly calls: DockerCalls,
    private readonly source: LogSource = (docker, id) => docker.getContainer(id),
  ) {}

  async logs(id: string, { tail }: LogOptions): Promise<string[]> {
    if (tail <= 0) return [];
    const bytes = await unlessUnread(
      id,
      this.calls.call('read the output', (docker, abortSignal) =>
        this.source(docker, id).logs({
          stdout: true,
          stderr: true,
          tail: Math.min(tail, MAX_LOG_LINES),
          abortSignal,
        }),
      ),
    );
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    splitter.push(joinFrames(bytes ?? Buffer.alloc(0)));
    splitter.end();
    return lines.slice(-tail);
  }

  /** Calls back per line until the container ends or the returned function is called. */
  async follow(id: string, onLine: (line: string) => void): Promise<() => void> {
    const stream = await unlessUnread(
      id,
      this.calls.call('follow the output', (docker, abortSignal) =>
        this.source(docker, id).logs({ follow: true, stdout: true, stderr: true, tail: 0, abortSignal }),
      ),
    );
    if (stream === undefined) return () => undefined;
    const source = stream as Readable;
    source.on('error', () => undefined);
    const { stdout, stderr } = demultiplex(source);
    for (const part of [stdout, stderr]) {
      const lines = new LineSplitter(onLine);
      part.on('data', (chunk: Buffer) => {
        lines.push(chunk);
      });
      part.on('end', () => {
        lines.end();
      });
    }
    return () => {
      source.destroy();
    };
  }
}

/** undefined where the engine keeps no output: asked for it, it fails. */
async function unlessUnread<T>(id: string, work: Promise<T>): Promise<T | undefined> {
  try {
    return await orNotFound(id, work);
  } catch (error) {
    if (error instanceof EngineRefusedError && /does not support reading/i.test(error.words))
      return undefined;
    throw error;
  }
}
