// A server of the newer era only, on the official package: `node newer-server.mjs` over stdio, `--http` on a free port
// that it prints.
import { createServer } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  acceptedContent,
  createMcpHandler,
  fromJsonSchema,
  inputRequired,
  McpServer,
} from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

const text = (words) => ({ content: [{ type: 'text', text: words }] });
const confirmation = z.object({ confirm: z.boolean() });

function build() {
  const server = new McpServer({ name: 'newer-fixture', version: '1.0.0' });
  server.registerTool('greet', { inputSchema: z.object({ name: z.string() }) }, ({ name }) =>
    text(`Hello, ${name}`),
  );
  server.registerTool('steps', { inputSchema: z.object({}) }, async (_args, { mcpReq }) => {
    const { progressToken } = mcpReq._meta ?? {};
    for (const progress of [1, 2]) {
      if (progressToken !== undefined)
        await mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken, progress, total: 2 },
        });
    }
    return text('done');
  });
  server.registerTool('deploy', { inputSchema: z.object({}) }, (_args, { mcpReq }) => {
    const answer = acceptedContent(mcpReq.inputResponses, 'confirm', confirmation);
    if (answer?.confirm === true) return text('deployed');
    const question = inputRequired.elicit({ message: 'Deploy?', requestedSchema: confirmation });
    return inputRequired({ inputRequests: { confirm: question } });
  });
  const schema = {
    type: 'object',
    properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
    required: ['region'],
  };
  server.registerTool('regional', { inputSchema: fromJsonSchema(schema) }, ({ region }) =>
    text(`in ${region}`),
  );
  server.registerResource('note', 'note://one', {}, () => ({
    contents: [{ uri: 'note://one', text: 'a note' }],
  }));
  return server;
}

if (process.argv.includes('--http')) {
  const server = createServer(toNodeHandler(createMcpHandler(build, { legacy: 'reject' })));
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`${server.address().port}\n`);
  });
} else {
  serveStdio(build, { legacy: 'reject' });
}
