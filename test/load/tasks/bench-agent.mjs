// Agents that cost little: they share the machine with what they serve.
import { HttpClient } from '../http-client.mjs';

const WAIT_S = 5;

/** Pulls tasks and settles them at once; `onTask` is told when each arrived. */
export class BenchAgent {
  #stopping = false;
  #loops = [];

  constructor(port, { id, token }) {
    this.id = id;
    this.client = new HttpClient(port, { authorization: `Bearer ${token}` });
  }

  static async register(product, name, { maxTasks = 100, capabilities = [] } = {}) {
    const body = { name, type: 'worker', capabilities, max_tasks: maxTasks };
    const agent = await product.client.json('POST', '/api/v1/agents/register', body);
    return new BenchAgent(product.client.port, agent);
  }

  /** `atOnce` questions are open at a time, each for up to `max` tasks. */
  work({ atOnce = 1, max = 1, settle = 'single', onTask = () => undefined }) {
    this.#loops = Array.from({ length: atOnce }, () => this.#loop(max, settle, onTask));
    return this;
  }

  heartbeat(load = 0.1) {
    return this.client.json('POST', `/api/v1/agents/${this.id}/heartbeat`, { current_load: load });
  }

  async stop() {
    this.#stopping = true;
    await Promise.all(this.#loops);
    this.client.close();
  }

  async #loop(max, settle, onTask) {
    while (!this.#stopping) {
      const { tasks } = await this.client.json('POST', `/api/v1/agents/${this.id}/lease`, {
        max,
        wait_s: WAIT_S,
      });
      for (const task of tasks) onTask(task, performance.now());
      if (tasks.length > 0) await this.#settle(tasks, settle);
    }
  }

  async #settle(tasks, settle) {
    if (settle === 'batch') {
      const outcomes = tasks.map(({ task_id, lease_token }) => ({ task_id, lease_token, result: {} }));
      await this.client.json('POST', `/api/v1/agents/${this.id}/outcomes`, { outcomes });
      return;
    }
    await Promise.all(
      tasks.map(({ task_id, lease_token }) =>
        this.client.json('POST', `/api/v1/tasks/${task_id}/complete`, { lease_token, result: {} }),
      ),
    );
  }
}
