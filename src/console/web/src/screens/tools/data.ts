import { useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { api } from '~/api/client';
import { type components } from '~/api/schema.gen';
import { useTopic } from '~/live/live';

export type Tool = components['schemas']['ToolDto'];
export type Degraded = components['schemas']['DegradedDto'];
export type Resource = components['schemas']['ResourceDto'];
export type Template = components['schemas']['ResourceTemplateDto'];
export type Prompt = components['schemas']['PromptDto'];
export type ToolResult = components['schemas']['ToolResultDto'];

const PATHS = {
  tools: '/api/v1/mcp/tools',
  resources: '/api/v1/mcp/resources',
  templates: '/api/v1/mcp/resources/templates',
  prompts: '/api/v1/mcp/prompts',
} as const;

/** Some servers have tools for those alone who can be asked on the way, as people at this page can. */
export const useTools = () => api.useQuery('get', PATHS.tools, { params: { query: { accept_input: true } } });
export const useResources = () => api.useQuery('get', PATHS.resources, {});
export const useTemplates = () => api.useQuery('get', PATHS.templates, {});
export const usePrompts = () => api.useQuery('get', PATHS.prompts, {});

/** A server that starts says so several times; its lists are asked for once it is quiet. */
const QUIET_MS = 1_000;

/** Servers come and go: the lists follow. */
export function useFreshLists(): void {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useTopic('instances', () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      for (const path of Object.values(PATHS)) void client.invalidateQueries({ queryKey: ['get', path] });
    }, QUIET_MS);
  });
}

export interface Group<T> {
  readonly server: string;
  readonly items: readonly T[];
}

/** By server, in the order in which they came. */
export function groupsOf<T extends { readonly server_name: string }>(
  items: readonly T[],
): readonly Group<T>[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.server_name);
    if (group === undefined) groups.set(item.server_name, [item]);
    else group.push(item);
  }
  return [...groups].map(([server, members]) => ({ server, items: members }));
}

interface Named {
  readonly server_name: string;
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
}

/** Every word has to be somewhere in it. */
export function fits(item: Named, q: string | undefined, server: string | undefined): boolean {
  if (server !== undefined && item.server_name !== server) return false;
  if (q === undefined) return true;
  const text = [item.server_name, item.name, item.title ?? '', item.description ?? '']
    .join(' ')
    .toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export const tokensOf = (tools: readonly Tool[]): number =>
  tools.reduce((sum, { estimated_tokens: tokens }) => sum + tokens, 0);
