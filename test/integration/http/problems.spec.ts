import { connect } from 'node:net';
import { Controller, Get, Module } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type ProblemDto } from '@app/http';
import { startThings, ThingsController } from './things.fixture';

const PATH = '/api/v1/mcp/servers';
const THING = { name: 'docs', size: 'small' };

describe('E3: answers with a status of 400 or more', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    app = await startThings();
  });
  afterAll(() => app.close());

  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  const keys = (count: number): string =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1])));
  const json = { 'content-type': 'application/json' };
  const post = (payload: string | Buffer, headers: object = json) => ({
    method: 'POST' as const,
    url: PATH,
    payload,
    headers: { ...headers },
  });

  it.each([
    ['an unknown route', { method: 'GET', url: '/nothing' }, 404, 'route_not_found'],
    ['a method the path does not know', { method: 'DELETE', url: PATH }, 405, 'method_not_allowed'],
    ['a badly encoded path', { method: 'GET', url: `${PATH}/%zz` }, 400, 'malformed_request'],
    [
      'an overlong name in the path',
      { method: 'GET', url: `${PATH}/${'a'.repeat(600)}` },
      414,
      'uri_too_long',
    ],
    ['text instead of JSON', post('hello'), 400, 'malformed_json'],
    ['bytes that are not UTF-8', post(Buffer.from([0x22, 0xff, 0x22])), 400, 'malformed_json'],
    ['an array as the body', post('[]'), 400, 'malformed_json'],
    ['a polluting key', post('{"__proto__":{"polluted":1}}'), 400, 'forbidden_key'],
    ['a polluting key behind escapes', post('{"\\u005f_proto__":{}}'), 400, 'forbidden_key'],
    ['a polluted constructor', post('{"constructor":{"prototype":{"a":1}}}'), 400, 'forbidden_key'],
    ['65 levels', post(nested(65)), 413, 'body_too_complex'],
    ['half a million levels', post(nested(500_000)), 413, 'body_too_complex'],
    ['10,001 keys', post(keys(10_001)), 413, 'body_too_complex'],
    ['more than 1 MiB', post(JSON.stringify('a'.repeat(1_100_000))), 413, 'body_too_large'],
    ['another type of body', post('a=1', { 'content-type': 'text/plain' }), 415, 'unsupported_media_type'],
    [
      'a form',
      post('a=1', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'unsupported_media_type',
    ],
    ['no type of body', post('{}', {}), 415, 'unsupported_media_type'],
    ['a packed body', post('{}', { ...json, 'content-encoding': 'gzip' }), 415, 'unsupported_media_type'],
    ['an unknown field', post(JSON.stringify({ ...THING, id: 1 })), 400, 'unknown_field'],
    ['a wrong value', post(JSON.stringify({ ...THING, size: 'huge' })), 422, 'validation_failed'],
    ['no body', { method: 'POST', url: PATH }, 422, 'validation_failed'],
    ['an unknown parameter', { method: 'GET', url: `${PATH}?siez=small` }, 400, 'invalid_query'],
    ['a parameter on a route that has none', { method: 'GET', url: `${PATH}/x?a=1` }, 400, 'invalid_query'],
    ['a limit above 200', { method: 'GET', url: `${PATH}?limit=201` }, 400, 'invalid_query'],
    [
      'a foreign host',
      { method: 'GET', url: PATH, headers: { host: 'evil.example' } },
      403,
      'host_not_allowed',
    ],
    [
      'a foreign host on no route',
      { method: 'GET', url: '/x', headers: { host: 'evil.example' } },
      403,
      'host_not_allowed',
    ],
    [
      'a foreign origin',
      { method: 'GET', url: PATH, headers: { origin: 'https://evil.example' } },
      403,
      'origin_not_allowed',
    ],
    [
      'a page without an origin',
      { method: 'GET', url: PATH, headers: { origin: 'null' } },
      403,
      'origin_not_allowed',
    ],
    ['a failure nobody expected', { method: 'GET', url: `${PATH}/broken` }, 500, 'internal_error'],
    ['a busy server', { method: 'GET', url: `${PATH}/busy` }, 503, 'too_many_in_flight'],
  ] as const)('are problems: %s', async (_, request, status, code) => {
    const answer = await app.inject({ ...request });
    const problem = answer.json<ProblemDto>();

    expect([answer.statusCode, problem.code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(problem.status).toBe(status);
    expect(problem.type).toBe(code === 'internal_error' ? 'about:blank' : `/problems/${code}`);
    expect(problem.trace_id).toMatch(/^[0-9a-f]{32}$/);
    expect(problem.request_id).not.toBe('');
    expect(problem.instance).toBe(request.url.split('?')[0]);
    expect(answer.body).not.toContain(ThingsController.SECRET_DETAIL);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('lists the methods of a path with 405', async () => {
    const { headers } = await app.inject({ method: 'DELETE', url: PATH });
    expect(headers['allow']).toBe('GET, HEAD, POST');
  });

  it('says when to come back with 503', async () => {
    const { headers } = await app.inject({ method: 'GET', url: `${PATH}/busy` });
    expect(headers['retry-after']).toBe('1');
  });

  it('E4: name every fault of a body at once', async () => {
    const payload = { name: 'NO!', size: 'huge', listen: { port: 0, prot: 1 }, nmae: 'x' };
    const { errors } = (await app.inject({ method: 'POST', url: PATH, payload })).json<ProblemDto>();

    expect(errors).toEqual(
      expect.arrayContaining([
        { pointer: '/name', code: 'format', detail: 'name must be 1-20 lower-case letters or dashes' },
        {
          pointer: '/nmae',
          code: 'unknown_field',
          detail: '"nmae" is not a field here; did you mean "name"?',
        },
        expect.objectContaining({ pointer: '/size', code: 'not_allowed' }),
        expect.objectContaining({ pointer: '/listen/port', code: 'out_of_range' }),
        expect.objectContaining({ pointer: '/listen/prot', code: 'unknown_field' }),
      ]),
    );
    expect(errors).toHaveLength(5);
  });

  it('say "required" once for an absent field', async () => {
    const { errors } = (
      await app.inject({ method: 'POST', url: PATH, payload: { size: 'small' } })
    ).json<ProblemDto>();
    expect(errors).toEqual([{ pointer: '/name', code: 'required', detail: 'name is required' }]);
  });

  it('point into the query', async () => {
    const unknown = (await app.inject(`${PATH}?siez=small`)).json<ProblemDto>();
    const wrong = (await app.inject(`${PATH}?limit=many`)).json<ProblemDto>();

    expect(unknown.errors).toEqual([
      {
        pointer: '/query/siez',
        code: 'unknown_field',
        detail: '"siez" is not a query parameter here; did you mean "size"?',
      },
    ]);
    expect(wrong.errors?.every(({ pointer }) => pointer === '/query/limit')).toBe(true);
  });

  it('stay small when a name or a value is a megabyte', async () => {
    const long = 'a'.repeat(1_000_000);
    for (const payload of [
      { ...THING, name: long },
      { ...THING, [long]: 1 },
      { [long]: { [long.slice(0, 9)]: 1 } },
    ]) {
      const answer = await app.inject({ method: 'POST', url: PATH, payload });
      expect([400, 413, 422]).toContain(answer.statusCode);
      expect(answer.body.length).toBeLessThan(4_096);
    }
  });

  it('are problems when the headers overflow, on a connection of their own', async () => {
    await app.listen(0, '127.0.0.1');
    const { port } = new URL(await app.getUrl());
    const answer = await rawExchange(
      Number(port),
      `GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`,
    );
    const garbage = await rawExchange(Number(port), 'NONSENSE\r\n\r\n');

    expect(answer).toContain('HTTP/1.1 431');
    expect(answer).toContain('Content-Type: application/problem+json');
    expect(answer).toContain('"code":"header_too_large"');
    expect(garbage).toContain('"code":"malformed_request"');
  });
});

describe('createHttpApp', () => {
  it('does not start with a handler that nobody claimed', async () => {
    @Controller('open')
    class ForgottenController {
      @Get()
      read(): string {
        return '';
      }
    }
    @Module({ controllers: [ForgottenController] })
    class ForgottenModule {}

    await expect(startThings({}, ForgottenModule)).rejects.toThrow('ForgottenController.read');
  });
});

/** What a server says to bytes that no HTTP client would send. */
function rawExchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8').on('data', (data: string) => (answer += data));
    // The server may close while the rest of our bytes is still on its way; what it said before counts.
    socket.on('error', (error) => {
      if (answer === '') reject(error);
    });
    socket.on('close', () => {
      resolve(answer);
    });
  });
}
