import { type components } from '~/api/schema.gen';

export type Check = components['schemas']['CheckDto'];
export type Diagnosis = components['schemas']['DiagnosisDto'];
export type Fix = components['schemas']['FixDto'];
export type FixInput = components['schemas']['FixInputDto'];
export type FixRequest = components['schemas']['FixRequestDto'];

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The body with what a person gave, where the pointer (RFC 6901) says; objects on the way are made. */
export function bodyWith(body: Json | null, { pointer, type }: FixInput, value: string): Json {
  const copy = structuredClone(body ?? {});
  const names = pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = names.pop() ?? '';
  let place = copy;
  for (const name of names) {
    const next = place[name];
    const inner = isObject(next) ? next : {};
    place[name] = inner;
    place = inner;
  }
  place[last] = type === 'integer' ? Number(value) : value;
  return copy;
}

/** The tab of the instance where a person does what no request can; undefined: somewhere else. */
export function tabFor(action: string): 'logs' | 'config' | undefined {
  if (action === 'read_logs') return 'logs';
  return action === 'change_credentials' || action === 'put_secret' ? 'config' : undefined;
}

/** It has come to rest, so that asking again can tell something new. */
export const isSettled = (status: string): boolean =>
  ['running', 'idle', 'failed', 'stopped', 'degraded', 'unhealthy'].includes(status);
