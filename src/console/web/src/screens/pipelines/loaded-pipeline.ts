import { rest } from '~/api/client';
import { type components } from '~/api/schema.gen';

export interface LoadedPipeline {
  readonly pipeline: components['schemas']['PipelineDto'];
  /** Which state of it was read: a change names it, so that nobody overwrites what somebody else saved meanwhile. */
  readonly etag: string;
}

export async function loadPipeline(id: string): Promise<LoadedPipeline> {
  const { data, error, response } = await rest.GET('/api/v1/pipelines/{id}', { params: { path: { id } } });
  if (data === undefined) throw error;
  return { pipeline: data, etag: response.headers.get('etag') ?? '' };
}

/** As it is now: whoever confirms has seen its name, not its version. */
export async function removePipeline(id: string): Promise<void> {
  const { etag } = await loadPipeline(id);
  const { error } = await rest.DELETE('/api/v1/pipelines/{id}', {
    params: { path: { id }, header: { 'If-Match': etag } },
  });
  if (error !== undefined) throw error as unknown;
}
