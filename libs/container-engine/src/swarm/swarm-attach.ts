import { PassThrough } from 'node:stream';
import { type Attachment } from '../container-engine';
import { type DockerCalls } from '../docker/docker-calls';
import { attachTo } from '../docker/docker-streams';
import { type SwarmObjects } from './swarm-objects';
import { stateOf } from './swarm-status';

const LOOK_EVERY_MS = 100;

/**
 * The streams of a service's container. Before its start there is no container yet, so what is written waits here; a
 * server of the protocol says nothing before it is asked, so nothing of it is lost.
 */
export function attachToService(calls: DockerCalls, objects: SwarmObjects, id: string): Attachment {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  let isClosed = false;
  let attached: Attachment | undefined;
  const end = (): void => {
    stdout.end();
    stderr.end();
  };
  const connect = async (): Promise<void> => {
    const containerId = await untilRunning(objects, id, () => isClosed);
    if (containerId === undefined) {
      end();
      return;
    }
    attached = await attachTo(calls, containerId);
    if (isClosed) {
      attached.close();
      return;
    }
    attached.stdout.pipe(stdout);
    attached.stderr.pipe(stderr);
    stdin.pipe(attached.stdin);
  };
  // To whoever reads, a broken connection is an end; why is for inspect to say.
  connect().catch(end);
  const close = (): void => {
    isClosed = true;
    stdin.unpipe();
    attached?.close();
    end();
  };
  return { stdin, stdout, stderr, close };
}

/** undefined when it will never run, or nobody waits any more. */
async function untilRunning(
  objects: SwarmObjects,
  id: string,
  isOver: () => boolean,
): Promise<string | undefined> {
  while (!isOver()) {
    const container = await objects.find(id);
    if (container === undefined || stateOf(container) === 'exited') return undefined;
    const containerId = container.task?.Status.ContainerStatus?.ContainerID;
    if (stateOf(container) === 'running' && containerId !== undefined) return containerId;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return undefined;
}
