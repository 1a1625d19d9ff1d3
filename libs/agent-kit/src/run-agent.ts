import { Agent } from './agent';
import { type AgentOptions } from './options';

/** Starts an agent that stops in order when the process is told to end. */
export async function runAgent(options: AgentOptions): Promise<Agent> {
  const agent = new Agent(options);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void agent.stop().then(() => process.exit(0));
    });
  }
  await agent.start();
  return agent;
}
