import { type TerminalFace } from './conversation';

/** What an aggregated face can send on: every one of them names what it is about, or asks for a whole list. */
const AGGREGATED: ReadonlySet<string> = new Set([
  'tools/list',
  'tools/call',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'prompts/list',
  'prompts/get',
  'completion/complete',
]);

/** Words of one era only, and tasks, which we do not declare: none of them reaches an upstream. */
const OURS =
  /^(?:initialize|server\/discover|ping|logging\/setLevel|resources\/(?:un)?subscribe|subscriptions\/.*|tasks\/.*)$/;

/** Behind a face of a single server there may be methods that we have never heard of. */
export const isForwarded = (face: TerminalFace, method: string): boolean =>
  face.kind === 'server' ? !OURS.test(method) : AGGREGATED.has(method);
