import type { paths } from './schema.gen';

/** Types of `openapi.json`: which methods a path has, what they take and what they answer. */
type Method = 'get' | 'put' | 'post' | 'delete' | 'patch';
export type ApiPath = keyof paths;
export type MethodOf<P extends ApiPath> = {
  [M in Method]: paths[P] extends Record<M, infer O> ? (O extends undefined ? never : M) : never;
}[Method];
type Operation<P extends ApiPath, M extends Method> =
  paths[P] extends Record<M, infer O> ? NonNullable<O> : never;

type Json<C> = C extends { content: { 'application/json': infer B } } ? B : never;
type Success = 200 | 201 | 202;

/** The body of the answer that means success; undefined where it has none. */
export type Answer<P extends ApiPath, M extends Method> =
  Operation<P, M> extends { responses: infer R }
    ? { [S in keyof R]: S extends Success ? Json<R[S]> : never }[keyof R] extends infer B
      ? [B] extends [never]
        ? undefined
        : B
      : never
    : never;

export type Body<P extends ApiPath, M extends Method> =
  Operation<P, M> extends { requestBody?: infer B } ? Json<NonNullable<B>> : never;
type Parameters<P extends ApiPath, M extends Method> =
  Operation<P, M> extends { parameters: infer A } ? A : never;
export type PathValues<P extends ApiPath, M extends Method> =
  Parameters<P, M> extends { path: infer V } ? V : never;
export type QueryValues<P extends ApiPath, M extends Method> =
  Parameters<P, M> extends { query?: infer V } ? NonNullable<V> : never;

export interface Init<P extends ApiPath, M extends Method> {
  readonly path?: PathValues<P, M>;
  readonly query?: QueryValues<P, M>;
  readonly body?: Body<P, M>;
  /** Only if the resource still has this version: the `etag` of an earlier answer. */
  readonly ifMatch?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface Answered<B> {
  readonly body: B;
  readonly status: number;
  readonly etag: string | undefined;
  readonly location: string | undefined;
}
