// All that runs beside the load: upstreams, nginx, the minimal relay, the gateway. Made once, used by every part.
import { startNginx, startProgram } from './children.mjs';
import { Gateway } from './gateway.mjs';
import { Load } from './load.mjs';

export class Stage {
  #started = [];

  static async set(options) {
    const stage = new Stage();
    try {
      await stage.#begin(options);
    } catch (error) {
      await stage.clear();
      throw error;
    }
    return stage;
  }

  async #begin({ serverUrl, dist }) {
    this.older = await this.add(startProgram('echo-upstream.mjs', 'older'));
    this.newer = await this.add(startProgram('echo-upstream.mjs', 'newer'));
    this.lean = await this.add(startProgram('lean-relay.mjs', this.older.port));
    this.nginx = await this.add(startNginx({ '/mcp': this.older.port, '/newer/mcp': this.newer.port }));
    this.gateway = await this.add(Gateway.start({ serverUrl, dist }));
    this.load = new Load();
    this.#started.push(this.load);
    await this.gateway.addServer('bench', this.older.port, 'older');
    await this.gateway.addServer('bench-newer', this.newer.port, 'newer');
    await this.gateway.addEndpoint('bench', ['bench']);
    await this.gateway.addEndpoint('bench-newer', ['bench-newer']);
    this.contestants = this.#contestants();
  }

  /** Ends with the stage. */
  async add(starting) {
    const started = await starting;
    this.#started.push(started);
    return started;
  }

  async clear() {
    for (const each of this.#started.splice(0).reverse()) await each.stop();
  }

  /** `target` is where the load goes, `pid` whose cost is counted. */
  #contestants() {
    const { older, newer, lean, nginx, gateway } = this;
    const bare = (port, era, path = '/mcp') => ({ port, path, era, headers: {} });
    const ours = (path, era, more) => ({ target: gateway.target(path, era, more), pid: gateway.pid });
    return {
      direct: { target: bare(older.port, 'older') },
      nginx: { target: bare(nginx.port, 'older'), pid: nginx.pid },
      lean: {
        target: { ...bare(lean.port, 'older'), headers: { authorization: 'Bearer lean' } },
        pid: lean.pid,
      },
      relay: ours('/servers/bench/mcp', 'older'),
      endpoint: ours('/endpoints/bench/mcp', 'older'),
      all: ours('/mcp', 'older'),
      rest: ours('/api/v1/mcp/tools/call', 'rest', { serverName: 'bench' }),
      'direct-newer': { target: bare(newer.port, 'newer') },
      'nginx-newer': { target: bare(nginx.port, 'newer', '/newer/mcp'), pid: nginx.pid },
      'relay-newer': ours('/servers/bench-newer/mcp', 'newer'),
      'endpoint-newer': ours('/endpoints/bench-newer/mcp', 'newer'),
    };
  }

  /** Those of the names that can be talked to; the others are named in the report. */
  async ready(names, sessions, table) {
    const able = [];
    for (const name of names) {
      try {
        await this.load.order('open', { key: name, target: this.contestants[name].target, sessions });
        able.push(name);
      } catch (error) {
        table.note(`${name}: not measured, ${error.message.slice(0, 160)}`);
      }
    }
    return able;
  }
}

/** Each of the names once, in another order each round, so that drift and neighbours hit all of them alike. */
export function orderOf(names, round) {
  const turned = names.map((_name, at) => names[(at + round) % names.length]);
  return round % 2 === 0 ? turned : turned.reverse();
}
