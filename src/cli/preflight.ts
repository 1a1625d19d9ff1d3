import { existsSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';

const PORTS_TRIED = 20;
const PROBE_TIMEOUT_MS = 1_000;

export type EngineFound =
  { readonly kind: 'docker'; readonly address: string } | { readonly kind: 'process'; readonly why: string };

function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, host, () =>
      server.close(() => {
        resolve(true);
      }),
    );
  });
}

/** The wanted port when it was named, else the first free one from it upward. Undefined when none is free. */
export async function choosePort(host: string, wanted: number, named: boolean): Promise<number | undefined> {
  const last = named ? wanted : wanted + PORTS_TRIED - 1;
  for (let port = wanted; port <= last; port += 1) if (await canListen(host, port)) return port;
  return undefined;
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const done = (ok: boolean) => {
      socket.destroy();
      resolve(ok);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => {
      done(false);
    });
    socket.once('connect', () => {
      done(true);
    });
    socket.once('error', () => {
      done(false);
    });
  });
}

/** A container engine that can be reached now. Without one, bundled servers still run, as processes. */
export async function findEngine(env: NodeJS.ProcessEnv): Promise<EngineFound> {
  if (env['CONTAINER_ENGINE'] === 'process') return { kind: 'process', why: 'CONTAINER_ENGINE=process' };
  if (env['DOCKER_HOST']) return { kind: 'docker', address: env['DOCKER_HOST'] };
  const runtime = env['XDG_RUNTIME_DIR'];
  const candidates = [
    '/var/run/docker.sock',
    ...(runtime ? [`${runtime}/docker.sock`, `${runtime}/podman/podman.sock`] : []),
  ];
  for (const path of candidates) {
    if (existsSync(path) && statSync(path).isSocket() && (await answers(path)))
      return { kind: 'docker', address: `unix://${path}` };
  }
  return { kind: 'process', why: 'no container engine answers here' };
}
