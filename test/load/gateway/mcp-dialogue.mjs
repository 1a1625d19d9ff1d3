// What one client of the load says, in either era of the protocol or over REST.
import { headerOf, RawConnection, requestBytes } from './raw-connection.mjs';

const OLDER = '2025-11-25';
const NEWER = '2026-07-28';
const ACCEPT = 'application/json, text/event-stream';
const CLIENT = { name: 'bench', version: '1.0.0' };
/** Both of seven digits, so that the bytes of a request can be written anew in place. */
const FIRST_ID = 1_000_000;
const LAST_ID = 9_999_999;

const newerMeta = {
  'io.modelcontextprotocol/protocolVersion': NEWER,
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': CLIENT,
};

/** `target`: {port, path, headers, era: 'older' | 'newer' | 'rest', serverName?}. */
export class Dialogue {
  #session;
  #tool = 'echo';
  #calls = new Map();
  #id = FIRST_ID;

  static async open(target) {
    const dialogue = new Dialogue(target, await RawConnection.open(target.port));
    await dialogue.begin();
    return dialogue;
  }

  constructor(target, connection) {
    this.target = target;
    this.connection = connection;
  }

  /** `initialize` where there is one, then the tools: which is what a client does before its first call. */
  async begin() {
    if (this.target.era === 'rest') return;
    this.#session = undefined;
    this.#calls.clear();
    if (this.target.era === 'older') await this.#initialize();
    const { tools } = await this.#ask('tools/list', {});
    this.#tool = tools.map(({ name }) => name).find((name) => name.endsWith('echo'));
    if (this.#tool === undefined) throw new Error(`${this.target.path} offers no echo`);
  }

  /** One call, its answer checked; throws when it is not the answer to this call. */
  async call(payload) {
    const { bytes, idAt } = this.#prepared(payload);
    const id = this.#nextId();
    if (idAt !== -1) bytes.write(String(id), idAt, 'latin1');
    const { status, body } = await this.connection.send(bytes);
    const mark = this.target.era === 'rest' ? '"is_error":false' : `"id":${id}`;
    if (status !== 200 || body.indexOf(mark) === -1 || body.length < payload.length)
      throw new Error(
        `${this.target.path} answered ${status} to call ${id}: ${body.subarray(0, 300).toString()}`,
      );
  }

  /** Whoever waits for its turn may be hung up on; its session goes on over a new connection. */
  async ready() {
    if (this.connection.isClosed) this.connection = await RawConnection.open(this.target.port);
  }

  async endSession() {
    if (this.#session === undefined) return;
    await this.connection.send(this.#bytes('DELETE'));
    this.#session = undefined;
  }

  async end() {
    await this.ready();
    await this.endSession();
    this.connection.close();
  }

  async #initialize() {
    const params = { protocolVersion: OLDER, capabilities: {}, clientInfo: CLIENT };
    const { status, head, body } = await this.#post({ id: this.#nextId(), method: 'initialize', params });
    if (status !== 200)
      throw new Error(`initialize was answered ${status}: ${body.toString().slice(0, 300)}`);
    this.#session = headerOf(head, 'mcp-session-id');
    await this.#post({ method: 'notifications/initialized' });
  }

  async #ask(method, params) {
    const { status, body } = await this.#post({ id: this.#nextId(), method, params });
    const text = body.toString();
    if (status !== 200) throw new Error(`${method} was answered ${status}: ${text.slice(0, 300)}`);
    const { result, error } = JSON.parse(text.startsWith('{') ? text : lastEventOf(text));
    if (result === undefined) throw new Error(`${method} was refused: ${JSON.stringify(error)}`);
    return result;
  }

  #post(message) {
    return this.connection.send(this.#bytes('POST', message));
  }

  #prepared(payload) {
    const known = this.#calls.get(payload.length);
    if (known !== undefined) return known;
    const bytes = this.#callBytes(payload);
    const idAt = bytes.indexOf(`"id":${FIRST_ID}`);
    const prepared = { bytes, idAt: idAt === -1 ? -1 : idAt + '"id":'.length };
    this.#calls.set(payload.length, prepared);
    return prepared;
  }

  #callBytes(payload) {
    const args = { message: payload };
    const { era, path, headers, serverName } = this.target;
    if (era === 'rest') {
      const body = { server_name: serverName, tool_name: 'echo', arguments: args };
      return requestBytes('POST', path, headers, JSON.stringify(body));
    }
    return this.#bytes('POST', {
      id: FIRST_ID,
      method: 'tools/call',
      params: { name: this.#tool, arguments: args },
    });
  }

  #bytes(verb, message) {
    const isNewer = this.target.era === 'newer';
    const headers = {
      ...this.target.headers,
      accept: ACCEPT,
      'mcp-session-id': this.#session,
      ...(isNewer || this.#session !== undefined
        ? { 'mcp-protocol-version': isNewer ? NEWER : OLDER }
        : undefined),
      ...(isNewer ? { 'mcp-method': message.method, 'mcp-name': message.params?.name } : undefined),
    };
    if (message === undefined) return requestBytes(verb, this.target.path, headers);
    const body = { jsonrpc: '2.0', ...message };
    if (isNewer) body.params = { ...message.params, _meta: newerMeta };
    return requestBytes(verb, this.target.path, headers, JSON.stringify(body));
  }

  #nextId() {
    this.#id = this.#id >= LAST_ID ? FIRST_ID + 1 : this.#id + 1;
    return this.#id;
  }
}

/** The data of the last event: notifications come first, the answer ends the stream. */
const lastEventOf = (text) =>
  text.slice(text.lastIndexOf('\ndata:') + '\ndata:'.length).trim() || text.slice(5);
