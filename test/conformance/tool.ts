import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const SOURCE = join(__dirname, 'tool');
/** The suite asks for it; where this process is as new, no other Node is needed. */
const MINIMUM_NODE_MAJOR = 22;

export interface ConformanceTool {
  /** A Node new enough for both programs. */
  readonly node: string;
  readonly conformance: string;
  readonly inspector: string;
}

/** The folder that scripts/test-services/conformance-tool.mjs fills; it names it in the same way. */
function folder(): string {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const name of ['package.json', 'package-lock.json']) hash.update(readFileSync(join(SOURCE, name)));
  return join(ROOT, '.cache', `conformance-tool-${hash.digest('hex').slice(0, 12)}`);
}

function nodeIn(modules: string): string | undefined {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const own = join(
    modules,
    `node-${platform}-${process.arch}`,
    'bin',
    platform === 'win' ? 'node.exe' : 'node',
  );
  if (existsSync(own)) return own;
  return Number(process.versions.node.split('.')[0]) >= MINIMUM_NODE_MAJOR ? process.execPath : undefined;
}

function find(): ConformanceTool | string {
  const modules = join(folder(), 'node_modules');
  if (!existsSync(modules))
    return 'the conformance suite is not installed; `npm test` does that where it can';
  const node = nodeIn(modules);
  if (node === undefined)
    return `the conformance suite needs Node ${MINIMUM_NODE_MAJOR}, and none is packaged for this platform`;
  return {
    node,
    conformance: join(modules, '@modelcontextprotocol/conformance/dist/index.js'),
    inspector: join(modules, '@modelcontextprotocol/inspector/clients/launcher/build/index.js'),
  };
}

/** Says what is missing instead of passing silently; on CI a test that did not run did not pass. */
export function describeWithTool(name: string, block: (tool: ConformanceTool) => void): void {
  const tool = find();
  if (typeof tool !== 'string') {
    describe(name, () => {
      block(tool);
    });
  } else if (process.env['CI'] === 'true') {
    describe(name, () => {
      it('has what it needs', () => {
        throw new Error(tool);
      });
    });
  } else {
    describe.skip(`${name} (not run: ${tool})`, () => {
      it('needs what is not there', () => undefined);
    });
  }
}
