import { useQueryClient } from '@tanstack/react-query';
import { rest } from '~/api/client';
import { toProblem } from '~/api/problem';
import { confirmDestructive, notifyDone, notifyProblem, notifyUndo } from '~/components';
import { type Agent } from './agent';
import { text } from './text';

type Wish = 'active' | 'draining';

/** What can be done with an agent; each ends in a notice. */
export function useAgentActions() {
  const client = useQueryClient();
  const refresh = (): void => void client.invalidateQueries();

  const wish = async (id: string, status: Wish): Promise<void> => {
    const { error } = await rest.PATCH('/api/v1/agents/{id}', { params: { path: { id } }, body: { status } });
    if (error !== undefined) throw toProblem(error);
    refresh();
  };
  const drain = ({ id, name }: Agent): void =>
    void wish(id, 'draining').then(
      () => notifyUndo(text.drained(name), () => wish(id, 'active')),
      (error: unknown) => notifyProblem(error),
    );
  const activate = ({ id, name }: Agent): void =>
    void wish(id, 'active').then(
      () => notifyDone(text.activated(name)),
      (error: unknown) => notifyProblem(error),
    );
  const remove = ({ id, name }: Agent, onGone?: () => void): void =>
    confirmDestructive({
      title: text.remove.title(name),
      lists: text.remove.lists,
      typeName: name,
      confirmLabel: text.remove.label,
      onConfirm: async () => {
        const { error } = await rest.DELETE('/api/v1/agents/{id}', { params: { path: { id } } });
        if (error !== undefined) throw toProblem(error);
        notifyDone(text.remove.done(name));
        onGone?.();
        refresh();
      },
    });
  return { drain, activate, remove };
}
