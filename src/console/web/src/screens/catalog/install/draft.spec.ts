import { type Definition } from '../data';
import { curlOf, emptyDraft, freeName, headersOf, inOrder, requestOf, shownRequest } from './draft';

const definition = (type: string): Definition =>
  ({
    ...{ id: 'd-1', name: 'box', type },
    env_schema: [
      { name: 'LEVEL', type: 'string' },
      { name: 'API_KEY', type: 'string', required: true, secret: true },
    ],
  }) as unknown as Definition;

describe('the draft of an instance', () => {
  it('has a name that nobody has', () => {
    expect(freeName('box', new Set(['box-2']))).toBe('box');
    expect(freeName('box', new Set(['box', 'box-2', 'box-4']))).toBe('box-3');
  });

  it('is sent without what was left empty', () => {
    expect(requestOf(emptyDraft('box'), definition('docker'))).toEqual({
      name: 'box',
      server_spec_id: 'd-1',
    });
    const filled = {
      ...emptyDraft('box'),
      memory: '512m',
      cpu: ' ',
      labels: 'team: search\n',
      variables: { LEVEL: 'high', OTHER: '' },
    };
    expect(requestOf(filled, definition('docker'))).toEqual({
      ...{ name: 'box', server_spec_id: 'd-1', labels: { team: 'search' } },
      json_spec: { resources: { memory_limit: '512m' } },
      environment: { LEVEL: 'high' },
    });
  });

  it('says how many are wanted where they run here, and only where it was asked for', () => {
    const draft = { ...emptyDraft('box'), replicas: '3' };
    expect(requestOf(draft, definition('docker')).replicas).toBe(3);
    expect(requestOf(draft, definition('url')).replicas).toBeUndefined();
    expect(requestOf({ ...draft, replicas: ' ' }, definition('docker')).replicas).toBeUndefined();
  });

  it('gives limits to containers and headers to addresses', () => {
    const draft = { ...emptyDraft('box'), memory: '1g', headers: 'X-One: a:b\n\nX-Two:c' };
    expect(requestOf(draft, definition('url')).json_spec).toEqual({
      headers: [
        { key: 'X-One', value: 'a:b' },
        { key: 'X-Two', value: 'c' },
      ],
    });
    expect(headersOf('nothing')).toEqual([{ key: 'nothing', value: '' }]);
  });

  it('shows no secret, and copies none', () => {
    const { env_schema: schema } = definition('url');
    const draft = { ...emptyDraft('box'), variables: { API_KEY: 'hush', LEVEL: "it's" }, headers: 'X: hush' };
    const shown = shownRequest(requestOf(draft, definition('url')), schema);
    expect(JSON.stringify(shown)).not.toContain('hush');
    expect(curlOf('https://q.example', shown)).toContain(String.raw`it'\''s`);
    const referred = { ...emptyDraft('box'), variables: { API_KEY: 'secret_ref:shared:KEY' } };
    expect(shownRequest(requestOf(referred, definition('docker')), schema).environment).toEqual({
      API_KEY: 'secret_ref:shared:KEY',
    });
  });

  it('asks for what is required first', () => {
    expect(inOrder(definition('docker').env_schema).map(({ name }) => name)).toEqual(['API_KEY', 'LEVEL']);
  });
});
