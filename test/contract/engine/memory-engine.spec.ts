import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { type MemoryProgram, MemoryEngine } from '@app/container-engine';
import { engineContract } from './engine-contract';

interface Question {
  readonly id: number;
  readonly method: string;
  readonly params?: { readonly arguments?: { readonly name?: string } };
}

const program: MemoryProgram = ({ spec, environment, stdin, stdout, stderr, exit }) => {
  if (spec.command?.[0] === 'tick') {
    const timer = setInterval(() => stdout.write('tick\n'), 10);
    stdout.once('finish', () => {
      clearInterval(timer);
    });
    return;
  }
  if (spec.workload.kind === 'bundled') {
    stderr.write('Cannot start\n');
    exit(3);
    return;
  }
  createInterface({ input: stdin }).on('line', (line) => {
    const { id, method, params } = JSON.parse(line) as Question;
    const value = environment[params?.arguments?.name ?? ''] ?? '';
    const text = createHash('sha256').update(value).digest('hex');
    const result = method === 'tools/call' ? { content: [{ text }] } : { tools: [] };
    stdout.write(`${JSON.stringify({ id, result: method === 'ping' ? {} : result })}\n`);
  });
};

describe('MemoryEngine', () => {
  engineContract({
    open: () => {
      const engine = new MemoryEngine({ program });
      engine.addImage('echo');
      return engine;
    },
    stdioServer: { kind: 'image', image: 'echo' },
    exits: { kind: 'bundled', name: 'exits' },
    ticks: { workload: { kind: 'image', image: 'echo' }, command: ['tick'] },
    unsupported: undefined,
    hasNetworks: true,
  });
});
