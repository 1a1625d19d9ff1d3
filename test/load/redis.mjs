// A Redis of our own, for measurements with the queues on it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort } from './product.mjs';

const READY_LIMIT_MS = 20_000;
const READY_POLL_MS = 50;

/** `{url, stop}`; keeps nothing on disk. */
export async function startRedis() {
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', args, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill();
    await ended;
  };
  const deadline = performance.now() + READY_LIMIT_MS;
  while (!(await answers(port))) {
    if (performance.now() > deadline) {
      await stop();
      throw new Error('redis-server did not start in time');
    }
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
  }
  return { url: `redis://127.0.0.1:${port}`, stop };
}

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
