import { ControlPlane } from '../control-plane';
import { StatusConsumer } from '../../../src/instances';
import { report } from './report';

interface CheckBody {
  readonly name: string;
  readonly status: string;
}
interface DiagnosisBody {
  readonly verdict: string;
  readonly cause: string | null;
  readonly code: string | null;
  readonly fix: { readonly request: { readonly method: 'PUT'; readonly path: string } } | null;
  readonly checks: readonly CheckBody[];
}

const INSTANCES = '/api/v1/mcp/instances';
const KEY = 'never-to-be-shown-in-a-bundle';

describe('the diagnosis of an instance', () => {
  let plane: ControlPlane;
  let consumer: StatusConsumer;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    consumer = await plane.worker(StatusConsumer);
    plane.engine.report = {
      engine: { kind: 'memory', ok: true, detail: 'fine', since: '' },
      containers: [],
      image_present: null,
    };
  }, 180_000);
  afterAll(() => plane.stop());

  const create = async (body: object): Promise<string> => {
    const { status, body: made } = await plane.request<{ id: string }>('POST', INSTANCES, body);
    expect(status).toBe(201);
    return made.id;
  };
  const diagnose = (name: string, headers: Record<string, string> = {}) =>
    plane.request<DiagnosisBody>('POST', `${INSTANCES}/${name}/diagnose`, undefined, headers);

  it('names the variable, and its fix is a request that mends it', async () => {
    const id = await create({
      ...{ name: 'no-key', template: 'needs-key' },
      environment: { API_KEY: 'not-the-right-one' },
    });
    const last_error = {
      ...{ message: 'exited 1', exit_code: 1, oom_killed: false, at: new Date().toISOString() },
      output: ['API_KEY is required'],
    };
    await consumer.handle(report(id, 1, 1, 'failed', { reason: 'exited 1', last_error }));
    const { body } = await diagnose('no-key');
    expect(body).toMatchObject({
      ...{ verdict: 'found', cause: 'exited 1: API_KEY is required', code: 'instance_env_missing' },
      fix: { input: { pointer: '/API_KEY', type: 'secret' } },
    });
    const { method, path } = body.fix!.request;
    const mended = await plane.request<{ generation: number }>(method, path, { API_KEY: KEY });
    expect([mended.status, mended.body.generation]).toEqual([202, 2]);
  });

  it('comes check by check to whoever asks for a stream, and says the same at the end', async () => {
    const whole = await diagnose('no-key');
    const { headers, text } = await diagnose('no-key', { accept: 'text/event-stream' });
    expect(headers['content-type']).toContain('text/event-stream');
    const events = text.trim().split('\n\n');
    const names = events.map((event) => /^event: (\w+)\n/.exec(event)?.[1]);
    expect(names).toEqual([...whole.body.checks.map(() => 'check'), 'diagnosis']);
    const last = JSON.parse(events.at(-1)!.split('\ndata: ')[1]!) as DiagnosisBody;
    expect(last.cause).toBe(whole.body.cause);
    expect((await diagnose('nobody', { accept: 'text/event-stream' })).status).toBe(404);
  });

  it('asks the server where nothing else is wrong', async () => {
    await create({ name: 'far', json_spec: { type: 'url', endpoint: 'https://mcp.example/mcp' } });
    const facts = { address: 'mcp.example:443', is_secure: true };
    plane.engine.examined.set('reach', { asked: true, ok: false, layer: 'dns', detail: 'Unknown.', facts });
    const { body } = await diagnose('far');
    expect(body).toMatchObject({ code: 'remote_name_unknown', fix: { action: 'change_endpoint' } });
    expect(body.checks.map(({ name }) => name)).toEqual([
      ...['wanted', 'environment', 'secrets', 'dns', 'egress', 'port', 'tls', 'http'],
      ...['newer', 'older', 'mcp', 'circuit'],
    ]);
    plane.engine.examined.clear();
  });

  it('makes a bundle without values', async () => {
    const { status, body, text } = await plane.request('GET', `${INSTANCES}/no-key/bundle`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      instance: { name: 'no-key', variables: ['API_KEY'] },
      output: ['API_KEY is required'],
    });
    expect(text).not.toContain(KEY);
    expect(text).not.toContain('secret_ref');
  });
});
