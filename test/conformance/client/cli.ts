import { walk } from './walk';

const [url] = process.argv.slice(2);

/** The official suite names what it wants to see in the environment, and appends the address of its server. */
async function main(): Promise<void> {
  if (url === undefined) throw new Error('usage: cli <address of an MCP server>');
  const { MCP_CONFORMANCE_SCENARIO: scenario = '', MCP_CONFORMANCE_CONTEXT: context = '{}' } = process.env;
  const { MCP_CONFORMANCE_PROTOCOL_VERSION: revision = '2025-11-25' } = process.env;
  await walk({
    url,
    scenario,
    era: revision >= '2026-07-28' ? 'newer' : 'older',
    context: JSON.parse(context) as Record<string, unknown>,
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
