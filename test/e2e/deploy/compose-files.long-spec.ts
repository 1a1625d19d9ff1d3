import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describeWithEngine, eventually } from '@app/testing';
import { composeTool } from '../../compose-tool';
import { Api } from '../api';
import { Engine } from '../engine';
import { ECHO } from '../role-steps';
import { Deployment } from './support/deployment';
import { runToEnd } from './support/run-to-end';

/** Guards against hanging; how long a step may take is said where it is waited for. */
jest.setTimeout(1_800_000);
const IMAGES_LIMIT_MS = 900_000;
const IMAGES = join(__dirname, '..', '..', '..', 'scripts', 'test-services', 'deployment-images.mjs');
const MEMORY = { type: 'docker', image: 'quayside-test/memory:latest', transport: 'stdio' };

const tool = composeTool();
const describeWithCompose = tool === undefined ? describe.skip : describe;

describeWithEngine('the deployment', ({ socketPath }) => {
  describeWithCompose('of the compose files, brought up by compose on images made here', () => {
    const engine = new Engine(socketPath);
    let running: Deployment | undefined;

    beforeAll(async () => {
      const child = spawn(process.execPath, [IMAGES, socketPath], { stdio: ['ignore', 'pipe', 'pipe'] });
      const { code, output } = await runToEnd(child, IMAGES_LIMIT_MS);
      expect([code, output]).toEqual([0, expect.stringMatching(/"door":"(Traefik|nginx)/)]);
    }, IMAGES_LIMIT_MS);
    afterEach(async () => {
      await running?.down();
      running = undefined;
    });

    const open = (file: string, url: string): Deployment => {
      running = new Deployment(tool ?? [], file, socketPath, url);
      return running;
    };
    /** From a wish to a tool's answer, over the network of an instance and over the streams of one. */
    async function mainJob(deployment: Deployment): Promise<void> {
      const { api } = deployment;
      const instances = [];
      for (const [name, spec] of Object.entries({ echo: ECHO, memory: MEMORY })) {
        await eventually(() => api.ok('POST', '/mcp/instances', { name, json_spec: spec }), {
          deadlineMs: 60_000,
        });
        instances.push(await deployment.reaches(name, 'running'));
      }
      await eventually(
        async () => {
          expect(await api.call('echo', 'echo', { message: 'hello' })).toBe('Echo: hello');
          expect(await api.call('memory', 'read_graph')).toContain('entities');
        },
        { deadlineMs: 120_000 },
      );
      // What only the one with the engine can tell.
      await eventually(
        async () => {
          expect(await api.ok('GET', '/mcp/instances/echo/logs')).toContain('Listening on port 8080');
        },
        { deadlineMs: 60_000 },
      );
      for (const { id } of instances) {
        await api.ok('DELETE', `/mcp/instances/${id}?wait=60`);
        await eventually(
          async () => {
            expect(await engine.containersOf(id)).toEqual([]);
            expect(await engine.networksOf(id)).toEqual([]);
          },
          { deadlineMs: 120_000 },
        );
      }
    }

    async function endsWithoutATrace(deployment: Deployment): Promise<void> {
      await deployment.down();
      running = undefined;
      expect(await deployment.left()).toEqual([]);
    }

    it('docker/compose.yaml: one command, and a tool answers; the next one, and nothing is left', async () => {
      const deployment = open('docker/compose.yaml', 'http://localhost:8080');
      await deployment.up();
      await deployment.isHealthy({ postgres: 1, redis: 1, engine: 1, quayside: 1 });
      await mainJob(deployment);
      await endsWithoutATrace(deployment);
    });

    it('docker/compose.staging.yaml: roles apart behind the door, more of each, one of them killed', async () => {
      const deployment = open('docker/compose.staging.yaml', 'http://localhost:81');
      await deployment.up('--scale', 'worker=2', '--scale', 'api=2');
      const all = {
        postgres: 1,
        redis: 1,
        engine: 1,
        api: 2,
        gateway: 1,
        worker: 2,
        provisioner: 1,
        traefik: 1,
      };
      await deployment.isHealthy(all);
      await mainJob(deployment);

      // Who is not the provisioner has no way to the engine; and the way it has is a narrow one.
      for (const { Id, Labels } of await deployment.containers()) {
        const { Mounts } = await engine.inspect(Id);
        const targets = Mounts.map(({ Destination }) => Destination);
        const service = Labels['com.docker.compose.service'];
        expect([service, targets.includes('/var/run/docker.sock')]).toEqual([service, service === 'engine']);
        expect([service, targets.includes('/run/engine')]).toEqual([
          service,
          ['engine', 'provisioner'].includes(service ?? ''),
        ]);
      }

      const [worker] = await deployment.containersOf('worker');
      const [api] = await deployment.containersOf('api');
      // Not by the engine, which would take it for somebody's wish that they stay away.
      for (const container of [worker, api]) {
        const { State } = await engine.inspect(container?.Id ?? '');
        process.kill(State.Pid, 'SIGKILL');
      }
      await mainJob(deployment);
      await deployment.isHealthy(all);
      // A stranger stays one.
      const stranger = new Api(() => deployment.url, 'nobody');
      expect((await stranger.request('GET', '/api/v1/mcp/instances')).status).toBe(401);
      await endsWithoutATrace(deployment);
    });
  });
});
