import { textOf } from '~/shell/search-params';

export const TABS = ['tools', 'resources', 'prompts'] as const;
export type Tab = (typeof TABS)[number];

export interface ToolsSearch {
  readonly tab?: Tab;
  readonly q?: string;
  /** Only this server's. */
  readonly of?: string;
  /** What is open beside the list: the server, and the name of the tool or prompt, or the address of the resource. */
  readonly server?: string;
  readonly name?: string;
}

/** Whatever an old link says: what is not known any more is left out, not refused. */
export function validateToolsSearch(search: Record<string, unknown>): ToolsSearch {
  const tab = TABS.find((one) => one === search['tab']);
  const texts = (['q', 'of', 'server', 'name'] as const).flatMap((member) => {
    const text = textOf(search[member]);
    return text === undefined ? [] : [[member, text] as const];
  });
  return { ...(tab === undefined ? {} : { tab }), ...Object.fromEntries(texts) };
}
