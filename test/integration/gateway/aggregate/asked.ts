import { type Answer } from '../world';

export const CALL = '/api/v1/mcp/tools/call';
export const http = (url: string) =>
  ({ kind: 'http', urls: [url], transport: 'streamable-http', remote: false }) as const;
export const ADA = { action: 'accept', content: { name: 'Ada' } };

export interface Asked {
  readonly requests: Readonly<Record<string, { method: string; params: Record<string, unknown> }>>;
  readonly request_state: string;
  readonly expires_in_ms: number;
}
export const askedOf = ({ status, body }: Answer): Asked => {
  expect([status, body['code']]).toEqual([200, undefined]);
  expect(body).toMatchObject({ content: [], is_error: false });
  return body['input_required'] as Asked;
};
export const wordsOf = ({ body }: Answer): string => JSON.stringify(body['content']);
/** The same answer to everything that is asked. */
export const reply = (asked: Asked, answer: object = ADA) => ({
  request_state: asked.request_state,
  input_responses: Object.fromEntries(Object.keys(asked.requests).map((key) => [key, answer])),
});
