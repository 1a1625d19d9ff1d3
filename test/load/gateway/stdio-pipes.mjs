// The bare pipes of a stdio server: what the bridge is compared with.
import { spawn } from 'node:child_process';

const NEWLINE = 0x0a;

/** One process, any number of calls under way. */
export class StdioPipes {
  #waiting = new Map();
  #rest = [];
  #id = 0;

  static async open(command) {
    const pipes = new StdioPipes(command);
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'bench', version: '1.0.0' },
    };
    await pipes.ask('initialize', params);
    pipes.write({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return pipes;
  }

  constructor(command) {
    this.child = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'ignore'] });
    this.child.stdout.on('data', (chunk) => this.#take(chunk));
  }

  async call(payload) {
    const { content } = await this.ask('tools/call', { name: 'echo', arguments: { message: payload } });
    if (!content[0].text.includes(payload)) throw new Error('the answer belongs to another call');
  }

  ask(method, params) {
    const id = (this.#id += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.write({ jsonrpc: '2.0', id, method, params });
    });
  }

  write(message) {
    this.child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  end() {
    this.child.kill();
  }

  #take(chunk) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      this.#rest.push(chunk.subarray(from, at));
      this.#answer(Buffer.concat(this.#rest));
      this.#rest = [];
      from = at + 1;
    }
    if (from < chunk.length) this.#rest.push(chunk.subarray(from));
  }

  #answer(line) {
    const { id, result, error } = JSON.parse(line.toString());
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error.message));
  }
}
