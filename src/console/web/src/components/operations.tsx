import { Anchor } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { rest } from '~/api/client';
import { toProblem } from '~/api/problem';
import { words } from '~/design/words';
import { notifyProblem } from './notify';

interface OperationWords {
  /** While it goes on: "Restarting docs-search". */
  readonly busy: string;
  readonly done: string;
  readonly failed: string;
  /** Where to look at what it is about. */
  readonly link?: { readonly label: string; readonly href: string };
}

const POLL_MS = 1_000;
/** After this it is no longer watched here; its own page still shows how it ends. */
const WATCH_MS = 10 * 60_000;
const DONE_MS = 6_000;

/** A notice that goes on as long as the operation does and ends in its result, not in "submitted". */
export function followOperation(operationId: string, said: OperationWords): void {
  const id = notifications.show({
    loading: true,
    autoClose: false,
    message: said.busy,
    withCloseButton: true,
  });
  void watch(operationId).then(
    ({ failed, detail }) =>
      notifications.update({
        id,
        loading: false,
        autoClose: failed ? false : DONE_MS,
        color: failed ? 'red' : 'green',
        title: failed ? said.failed : undefined,
        message: (
          <>
            {failed ? detail : said.done}{' '}
            {said.link !== undefined && <Anchor href={said.link.href}>{said.link.label}</Anchor>}
          </>
        ),
      }),
    (error: unknown) => {
      notifications.hide(id);
      notifyProblem(error, said.failed);
    },
  );
}

function reasonOf(error: Record<string, unknown> | null): string {
  const text = error?.['detail'] ?? error?.['message'] ?? error?.['reason'] ?? error?.['title'];
  return typeof text === 'string' ? text : words.problem.failed;
}

async function watch(operationId: string): Promise<{ failed: boolean; detail: string }> {
  const until = Date.now() + WATCH_MS;
  while (Date.now() < until) {
    const { data, error } = await rest.GET('/api/v1/operations/{id}', {
      params: { path: { id: operationId } },
    });
    if (error !== undefined) throw toProblem(error);
    if (['succeeded', 'failed', 'cancelled'].includes(data.status)) {
      const failed = data.status !== 'succeeded';
      return { failed, detail: reasonOf(data.error) };
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return { failed: true, detail: words.problem.failed };
}
