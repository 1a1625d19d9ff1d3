import { describeWithEngine } from '@app/testing';
import { describeWithTool } from '../../conformance/tool';
import { Installation } from '../installation';
import {
  inspector,
  type OfficialClient,
  sdkOne,
  sdkTwoNewer,
  sdkTwoOlder,
  type ToolCall,
} from '../official-clients';

/** Guards against hanging only. */
jest.setTimeout(300_000);

const image = (name: string, more: object) => ({
  type: 'docker',
  image: `quayside-test/${name}:latest`,
  ...more,
});
const SERVERS: Readonly<Record<string, object>> = {
  'everything-http': image('everything-http', { port: 3001 }),
  'everything-stdio': image('everything-stdio', { transport: 'stdio' }),
  filesystem: image('filesystem', { transport: 'stdio' }),
};

/** A call of each server with what its answer holds. */
const CALLS: Readonly<Record<string, ToolCall & { readonly answer: string }>> = {
  'everything-http': { name: 'get-sum', arguments: { a: 2, b: 3 }, answer: 'is 5' },
  'everything-stdio': { name: 'echo', arguments: { message: 'over the quay' }, answer: 'over the quay' },
  filesystem: {
    name: 'read_text_file',
    arguments: { path: '/data/hello.txt' },
    answer: 'hello from the image',
  },
};

describeWithEngine('official clients and official servers in containers', ({ host }) => {
  let quayside: Installation;

  beforeAll(async () => {
    quayside = await Installation.start({ engine: host });
    await Promise.all(
      Object.entries(SERVERS).map(([name, json_spec]) =>
        quayside.api.ok('POST', '/api/v1/mcp/instances', { name, json_spec }),
      ),
    );
    await quayside.api.ok('POST', '/api/v1/mcp/endpoints', {
      name: 'together',
      instances: Object.keys(SERVERS),
    });
    for (const name of Object.keys(SERVERS)) await quayside.reaches(name, 'running', 120_000);
  });

  afterAll(() => quayside.stop());

  const visit = (client: OfficialClient, path: string, calls: readonly ToolCall[]) => {
    const address = `http://127.0.0.1:${String(quayside.port('all-in-one'))}${path}`;
    return client(address, quayside.api.key, calls);
  };

  /** Each server at its own address, under its own names. */
  async function visitsOneByOne(client: OfficialClient): Promise<void> {
    const visits = Object.entries(CALLS).map(async ([server, call]) => {
      const { tools, answers } = await visit(client, `/servers/${server}/mcp`, [call]);
      expect(tools).toContain(call.name);
      expect(answers).toEqual([expect.stringContaining(call.answer)]);
    });
    await Promise.all(visits);
  }

  /** All servers at one address, each tool under its server's name. */
  async function visitsTogether(client: OfficialClient, path: string): Promise<void> {
    const calls = Object.entries(CALLS).map(([server, call]) => ({
      ...call,
      name: `${server}__${call.name}`,
    }));
    const { tools, answers } = await visit(client, path, calls);
    expect(tools).toEqual(expect.arrayContaining(calls.map(({ name }) => name)));
    expect(answers).toEqual(calls.map(({ answer }) => expect.stringContaining(answer) as string));
  }

  const describeClient = (name: string, client: OfficialClient): void => {
    describe(name, () => {
      it('calls each server at its own address', () => visitsOneByOne(client));
      it('calls all of them at an endpoint', () => visitsTogether(client, '/endpoints/together/mcp'));
      it('calls all of them at the address of everything', () => visitsTogether(client, '/mcp'));
    });
  };

  describeClient('@modelcontextprotocol/sdk 1.x', sdkOne);
  describeClient('@modelcontextprotocol/client 2.x in the older era', sdkTwoOlder);
  describeClient('@modelcontextprotocol/client 2.x in the newer era', sdkTwoNewer);
  describeWithTool('the official inspector', (tool) => {
    describeClient('on the command line', inspector(tool));
  });
});
