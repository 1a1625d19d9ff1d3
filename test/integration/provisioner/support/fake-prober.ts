import { McpUnreachableError } from '@app/mcp';
import { Prober, type ProbeAnswer, type ProbeTarget } from '../../../../src/provisioner/probe/prober';

type Behaviour = 'serves' | 'refuses' | 'hangs';

/** Servers that serve, refuse or hang, as a spec wishes. */
export class FakeProber extends Prober {
  readonly behaviour = new Map<string, Behaviour>();
  readonly targets: ProbeTarget[] = [];
  /** Keys of the sessions that a real one would hold open. */
  readonly kept = new Set<string>();
  tools = 3;
  #listener: (instanceId: string) => void = () => undefined;

  override probe(target: ProbeTarget, signal: AbortSignal): Promise<ProbeAnswer> {
    this.targets.push(target);
    const behaviour = this.behaviour.get(target.serverName) ?? 'serves';
    if (behaviour === 'serves') this.kept.add(target.key);
    if (behaviour === 'serves')
      return Promise.resolve({ era: 'newer', tools: this.tools, latencyMs: 1, transport: 'streamable-http' });
    if (behaviour === 'refuses') return Promise.reject(unreachable(target));
    return new Promise((_, reject) => {
      const timer = setTimeout(() => {
        reject(unreachable(target));
      }, target.timeoutMs);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      });
    });
  }

  override forget(key: string): void {
    this.kept.delete(key);
  }

  override onToolsChanged(listener: (instanceId: string) => void): void {
    this.#listener = listener;
  }

  changeTools(instanceId: string, tools: number): void {
    this.tools = tools;
    this.#listener(instanceId);
  }

  override close(): Promise<void> {
    this.kept.clear();
    return Promise.resolve();
  }
}

const unreachable = ({ serverName }: ProbeTarget): McpUnreachableError =>
  new McpUnreachableError('Nobody listens at the address.', 'tcp', { serverName });
