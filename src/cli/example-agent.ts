import { Agent, ApiError } from '@app/agent-kit';
import { exampleAgent } from '../bundled/example-agent';
import { type Home } from './home';

const OFF: ReadonlySet<string> = new Set(['off', 'false', '0', 'no']);
const UNAUTHENTICATED = 401;

export interface ExampleAgentPlace {
  readonly url: string;
  /** Registers it; from then on it works with its own token. */
  readonly adminKey: string;
  readonly log: (line: string) => void;
}

/** EXAMPLE_AGENT=off: nobody does tasks but the agents that are registered. */
export const wantsExampleAgent = ({ EXAMPLE_AGENT = 'on' }: NodeJS.ProcessEnv): boolean =>
  !OFF.has(EXAMPLE_AGENT.toLowerCase());

/** The agent that runs beside a server that was started here, so that the templates have somebody to do their tasks. */
export class ExampleAgent {
  private agent: Agent | undefined;

  constructor(
    private readonly home: Home,
    private readonly place: ExampleAgentPlace,
  ) {}

  /** Never rejects: a server without it serves as well. */
  async start(): Promise<void> {
    try {
      const known = this.home.agentToken();
      if (known !== undefined && (await this.startWith(known))) return;
      await this.startWith(this.place.adminKey);
    } catch (error) {
      this.place.log(
        `The example agent was not started: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  async stop(): Promise<void> {
    await this.agent?.stop();
  }

  /** false: the token is not valid any more, because somebody deregistered the agent. */
  private async startWith(key: string): Promise<boolean> {
    const { url, log } = this.place;
    const onToken = (token: string): void => {
      this.home.keepAgentToken(token);
    };
    const agent = new Agent(exampleAgent({ url, key, log, onToken }));
    this.agent = agent;
    try {
      await agent.start();
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === UNAUTHENTICATED && key !== this.place.adminKey)
        return false;
      throw error;
    }
  }
}
