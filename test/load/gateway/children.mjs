// Helpers in processes of their own: upstreams and the minimal relay print their port, nginx is told one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../product.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const READY_LIMIT_MS = 20_000;
const READY_POLL_MS = 50;
const STOP_LIMIT_MS = 5_000;

/** `{port, pid, stop}` of a program of this folder that prints its port. */
export async function startProgram(name, ...args) {
  const child = spawn(process.execPath, [join(HERE, name), ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  const port = Number(String(line[0]));
  if (child.exitCode !== null || !(port > 0)) throw new Error(`${name} did not start`);
  return { port, pid: child.pid, stop: () => end(child) };
}

/** A plain reverse proxy as an administrator would write it, with the limits of a bench and one worker. */
export async function startNginx(portOfPath) {
  const folder = mkdtempSync(join(tmpdir(), 'quayside-nginx-'));
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configOf(folder, port, Object.entries(portOfPath)));
  const child = spawn(
    'nginx',
    ['-p', folder, '-c', file, '-e', join(folder, 'error.log'), '-g', 'daemon off;'],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = performance.now() + READY_LIMIT_MS;
  while (!(await answers(port))) {
    if (performance.now() > deadline || child.exitCode !== null) {
      await stop();
      throw new Error('nginx did not start');
    }
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
  }
  return { port, pid: child.pid, stop };
}

/** Bodies stay in memory and connections stay open: everything else would measure the disk. */
const configOf = (folder, port, places) => `
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 100000000;
  keepalive_timeout 300s;
  client_max_body_size 32m;
  client_body_buffer_size 256k;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  proxy_buffers 32 16k;
${places.map(([, upstreamPort]) => poolOf(upstreamPort)).join('')}
  server {
    listen 127.0.0.1:${port};
${places.map(([path, upstreamPort]) => placeOf(path, upstreamPort)).join('')}
  }
}
`;

const poolOf = (port) => `
  upstream echo${port} {
    server 127.0.0.1:${port};
    keepalive 256;
    keepalive_requests 100000000;
    keepalive_timeout 300s;
  }`;

const placeOf = (path, port) => `
    location ${path} {
      proxy_pass http://echo${port}/mcp;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }`;

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(limit);
}
