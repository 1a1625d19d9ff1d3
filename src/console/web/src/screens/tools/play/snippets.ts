export interface Call {
  readonly server: string;
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** In single quotes for a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const bodyOf = ({ server, tool, args }: Call) => ({ server_name: server, tool_name: tool, arguments: args });

export const asCurl = (call: Call, origin: string): string =>
  [
    `curl ${quoted(`${origin}/api/v1/mcp/tools/call`)} \\`,
    `  -H "Authorization: Bearer $QUAYSIDE_API_KEY" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d ${quoted(JSON.stringify(bodyOf(call)))}`,
  ].join('\n');

export const asCommand = ({ server, tool, args }: Call): string =>
  `quayside call ${quoted(server)} ${quoted(tool)} ${quoted(JSON.stringify(args))}`;

export const asTypescript = (call: Call, origin: string): string =>
  [
    `const response = await fetch(${JSON.stringify(`${origin}/api/v1/mcp/tools/call`)}, {`,
    `  method: 'POST',`,
    '  headers: {',
    '    authorization: `Bearer ${process.env.QUAYSIDE_API_KEY}`,',
    `    'content-type': 'application/json',`,
    '  },',
    `  body: JSON.stringify(${JSON.stringify(bodyOf(call), null, 2).replaceAll('\n', '\n  ')}),`,
    '});',
    'const result = await response.json();',
  ].join('\n');
