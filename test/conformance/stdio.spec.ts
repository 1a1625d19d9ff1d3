import { describeWithEngine } from '@app/testing';
import { Installation } from '../e2e/installation';
import { describeServerSuite } from './describe-suite';
import { AuthorizingShim } from './shim';
import { type Revision } from './suite';
import { describeWithTool } from './tool';

const START_LIMIT_MS = 240_000;
/** At once, each in a container of its own: not every scenario ends the sessions that it began. */
const MAX_SESSIONS = 32;

interface Target {
  readonly image: string;
  readonly revision: Revision;
  readonly spec?: object;
  readonly except?: readonly string[];
}

const TARGETS: Readonly<Record<string, Target>> = {
  older: {
    image: 'older',
    revision: '2025-11-25',
    // All clients share the process, and on its stream nothing says whose call a question or a log line belongs to.
    except: [
      ...['logging-set-level', 'tools-call-with-logging', 'tools-call-sampling', 'tools-call-elicitation'],
      ...['elicitation-sep1034-defaults', 'elicitation-sep1330-enums'],
    ],
  },
  isolated: {
    image: 'older',
    revision: '2025-11-25',
    spec: { session_isolation: 'per_session', max_sessions: MAX_SESSIONS },
  },
  newer: { image: 'newer', revision: '2026-07-28' },
};

/** The fixture in containers that speak over their standard streams: between them and the suite stand bridge and gateway. */
describeWithTool('through the gateway and the bridge', (tool) => {
  describeWithEngine('to containers', ({ host }) => {
    let quayside: Installation;
    let shim: AuthorizingShim;

    beforeAll(async () => {
      quayside = await Installation.start({ engine: host });
      shim = await AuthorizingShim.start(
        `http://127.0.0.1:${String(quayside.port('all-in-one'))}`,
        quayside.api.key,
      );
      for (const [name, target] of Object.entries(TARGETS)) {
        const image = `quayside-test/conformance-${target.image}:latest`;
        const json_spec = { type: 'docker', image, transport: 'stdio', ...target.spec };
        await quayside.api.ok('POST', '/api/v1/mcp/instances', { name, json_spec });
      }
      for (const name of Object.keys(TARGETS)) await quayside.reaches(name, 'running', START_LIMIT_MS);
    }, START_LIMIT_MS);

    afterAll(async () => {
      await shim.stop();
      await quayside.stop();
    }, START_LIMIT_MS);

    for (const [name, { revision, except = [] }] of Object.entries(TARGETS)) {
      const path = `/servers/${name}/mcp`;
      describeServerSuite(tool, path, revision, { url: () => shim.url(path), except });
    }
  });
});
