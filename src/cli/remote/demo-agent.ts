import { Agent } from '@app/agent-kit';
import { exampleAgent } from '../../bundled/example-agent';
import { type Session } from '../session';

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The bundled agent in this terminal, for an installation that has nobody yet: it works until it is told to end. */
export async function workAsDemoAgent(session: Session): Promise<void> {
  const { url, key } = session.place();
  const log = (line: string): void => {
    session.say(line);
  };
  const agent = new Agent(exampleAgent({ url, key, log, onToken: () => undefined }));
  const told = new Promise<void>((resolve) => {
    for (const signal of STOPPING)
      process.once(signal, () => {
        resolve();
      });
  });
  await agent.start();
  session.say(`example-agent works for ${url}; Ctrl-C ends it.`);
  await told;
  await agent.stop();
}
