import { DomainError } from '@app/kernel';
import type Dockerode from 'dockerode';
import { type DockerOptions } from 'dockerode';
import {
  ContainerNotFoundError,
  EngineRefusedError,
  EngineUnavailableError,
  SwarmManagerMissingError,
} from '../errors';

export interface DockerAddress {
  /** `unix:///path`, `npipe:////./pipe/name`, `tcp://host:port`, `http://host:port` or `https://host:port`. */
  readonly host: string;
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** Long enough for a busy machine; an engine that needs longer for a list is as good as away. */
const CALL_WITHIN_MS = 30_000;
const STATUS_NOT_MODIFIED = 304;
const STATUS_NOT_FOUND = 404;
const STATUS_CONFLICT = 409;
const STATUS_UNAVAILABLE = 503;
const NO_MANAGER = /not (?:a|part of a) swarm|not a swarm manager/i;
/** Said by a proxy in front of the engine, or by an engine that is going down. */
const STATUS_AWAY: ReadonlySet<number> = new Set([502, STATUS_UNAVAILABLE, 504]);

interface Clients {
  readonly docker: Dockerode;
  /** For calls whose types take no signal: its requests end by themselves when nothing comes. */
  readonly impatient: Dockerode;
}

/** The one way to the engine: every call has a deadline, and every failure becomes one of two kinds. */
export class DockerCalls {
  readonly #options: DockerOptions;
  #made: Promise<Clients> | undefined;

  constructor(address: DockerAddress) {
    this.#options = optionsOf(address);
  }

  /** A question with a short answer. */
  ask<T>(action: string, work: (docker: Dockerode) => Promise<T>): Promise<T> {
    return this.call(action, async () => work((await this.#clients()).impatient));
  }

  async call<T>(
    action: string,
    work: (docker: Dockerode, abortSignal: AbortSignal) => Promise<T>,
    withinMs = CALL_WITHIN_MS,
    late: (words: string) => Error = (words) => new EngineUnavailableError(words),
  ): Promise<T> {
    const aborter = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(late(`no answer within ${Math.round(withinMs / 1000)} s when asked to ${action}`));
        aborter.abort();
      }, withinMs);
    });
    try {
      return await Promise.race([
        this.#clients().then(({ docker }) => work(docker, aborter.signal)),
        deadline,
      ]);
    } catch (error) {
      throw translated(action, error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Loaded with the first call: with gRPC in its train it would slow down every start, also where no such engine is. */
  #clients(): Promise<Clients> {
    this.#made ??= import('dockerode').then(({ default: Docker }) => ({
      docker: new Docker(this.#options),
      impatient: new Docker({ ...this.#options, timeout: CALL_WITHIN_MS }),
    }));
    return this.#made;
  }
}

export const isNotModified = (error: unknown): boolean => statusOf(error) === STATUS_NOT_MODIFIED;
export const isNotFound = (error: unknown): boolean => statusOf(error) === STATUS_NOT_FOUND;
export const isConflict = (error: unknown): boolean => statusOf(error) === STATUS_CONFLICT;

const statusOf = (error: unknown): number | null =>
  error instanceof EngineRefusedError ? error.engineStatus : null;

/** Swallows what says that the work was done already, by whomever. */
export async function unless(isFine: (error: unknown) => boolean, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isFine(error)) throw error;
  }
}

export async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Says about a container that is gone what every engine says. */
export async function orNotFound<T>(id: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isNotFound(error)) throw new ContainerNotFoundError(id);
    throw error;
  }
}

interface DockerodeFault {
  readonly statusCode?: number;
  readonly json?: { readonly message?: string } | null;
  readonly message?: string;
  readonly code?: string;
}

function translated(action: string, error: unknown): Error {
  if (error instanceof DomainError) return error;
  const { statusCode, json, message = '', code } = error as DockerodeFault;
  if (statusCode === undefined) return new EngineUnavailableError(causeOf(code, message), { cause: error });
  const words = (json?.message ?? message).replace(CLIENT_PREFIX, '').trim();
  if (statusCode === STATUS_UNAVAILABLE && NO_MANAGER.test(words))
    return new SwarmManagerMissingError(words, { cause: error });
  if (STATUS_AWAY.has(statusCode)) return new EngineUnavailableError(words, { cause: error });
  return new EngineRefusedError(action, words, statusCode, { cause: error });
}

/** The client library puts its own words before those of the engine. */
const CLIENT_PREFIX = /^\(HTTP code \d+\) [^-]*- /;

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'its socket does not exist',
  ECONNREFUSED: 'nothing listens at its address',
  EACCES: 'this process may not open its socket',
  EPERM: 'this process may not open its socket',
  ENOTFOUND: 'its host name is not known',
};

const causeOf = (code: string | undefined, message: string): string =>
  (code === undefined ? undefined : CAUSES[code]) ??
  code ??
  (message === '' ? 'the connection broke' : message);

/** Everything is said, so that no variable of the environment such as DOCKER_HOST has a say. */
function optionsOf({ host, tls }: DockerAddress): DockerOptions {
  const pipe = /^(?:unix|npipe):\/\/(.+)$/.exec(host)?.[1];
  if (pipe !== undefined) return { socketPath: pipe, host: '', protocol: 'http' };
  const url = new URL(host.replace(/^tcp:/, tls === undefined ? 'http:' : 'https:'));
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  const port = url.port === '' ? (protocol === 'https' ? 2376 : 2375) : Number(url.port);
  return { host: url.hostname, port, protocol, ...tls };
}
