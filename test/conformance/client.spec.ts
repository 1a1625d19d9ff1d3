import { type CompiledClient, compileClient } from './compile-client';
import { failuresOf, type Findings, required, type Revision, runClientScenario, tally } from './suite';
import { type ConformanceTool, describeWithTool } from './tool';

/** Some scenarios measure how long a client waits: more at once would measure the machine. */
const AT_ONCE = 2;
const RUN_LIMIT_MS = 900_000;
/** Not demanded of a client, but of ours: most of its upstreams know it by its own credentials. */
const CREDENTIALS = ['auth/client-credentials-basic', 'auth/client-credentials-jwt'];

/** The client of `libs/mcp` on a thin command line, against the servers that the official suite starts. */
describeWithTool('the MCP client', (tool) => {
  let client: CompiledClient;

  beforeAll(() => {
    client = compileClient();
  });
  afterAll(() => {
    client.remove();
  });

  describeClientSuite(tool, '2025-11-25', () => client.command);
  describeClientSuite(tool, '2026-07-28', () => client.command, CREDENTIALS);
});

function describeClientSuite(
  tool: ConformanceTool,
  revision: Revision,
  command: () => string,
  more: readonly string[] = [],
): void {
  describe(revision, () => {
    const scenarios = [...required(tool, revision, 'client'), ...more];
    const findings = new Map<string, Findings>();

    beforeAll(async () => {
      const waiting = [...scenarios];
      const work = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
          findings.set(next, await runClientScenario(tool, command(), next, revision));
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      const all = new Map([...findings.values()].flatMap(({ checks }) => [...checks]));
      process.stderr.write(`client, ${revision}: ${tally({ checks: all, output: '' })}\n`);
    }, RUN_LIMIT_MS);

    it.each(scenarios)('%s', (scenario) => {
      const found = findings.get(scenario) ?? { checks: new Map(), output: '' };
      expect(failuresOf(found, scenario)).toEqual([]);
    });
  });
}
