import { rest } from '~/api/client';
import { followOperation, notifyProblem } from '~/components';
import { type Instance } from '../data/instance';
import { text } from '../detail-text';

export type Verb = 'start' | 'stop' | 'restart' | 'delete';

const ask = async (verb: Verb, id: string) => {
  const init = { params: { path: { id } } };
  if (verb === 'delete') return rest.DELETE('/api/v1/mcp/instances/{id}', init);
  if (verb === 'start') return rest.POST('/api/v1/mcp/instances/{id}/start', init);
  if (verb === 'stop') return rest.POST('/api/v1/mcp/instances/{id}/stop', init);
  return rest.POST('/api/v1/mcp/instances/{id}/restart', init);
};

/** Asks, and follows what comes of it to its end. Throws what was refused. */
export async function carryOut(verb: Verb, { id, name }: Pick<Instance, 'id' | 'name'>): Promise<void> {
  const { data, error } = await ask(verb, id);
  if (error !== undefined) throw error;
  const operation = data.operation_id;
  if (operation === undefined) return;
  followOperation(operation, {
    busy: `${text.busy[verb]} ${name}`,
    done: `${name} ${text.done[verb]}`,
    failed: `${name} ${text.failed[verb]}`,
  });
}

/** For buttons and keys: what is refused is told where it was asked. */
export const carryOutHere = (verb: Verb, instance: Instance): void =>
  void carryOut(verb, instance).catch((error: unknown) =>
    notifyProblem(error, `${text.busy[verb]} ${instance.name}`),
  );
