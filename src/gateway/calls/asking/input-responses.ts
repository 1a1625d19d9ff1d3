import { type JsonObject } from '@app/kernel';
import { isObject } from '@app/mcp';
import { InputResponsesInvalidError } from './asking.errors';

const ACTIONS: ReadonlySet<unknown> = new Set(['accept', 'decline', 'cancel']);
/** More than any server may ask in one round. */
const RESPONSES_MAX = 100;

/** What the caller answers, by the key of the question; checked as far as that can be done without the question. */
export function readInputResponses(responses: JsonObject): JsonObject {
  const entries = Object.entries(responses);
  if (entries.length > RESPONSES_MAX)
    throw new InputResponsesInvalidError('/input_responses', `There are more than ${RESPONSES_MAX} answers.`);
  for (const [key, response] of entries) {
    const pointer = `/input_responses/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!isObject(response)) throw new InputResponsesInvalidError(pointer, 'An answer is an object.');
    const { action, content } = response;
    if (!ACTIONS.has(action))
      throw new InputResponsesInvalidError(`${pointer}/action`, 'action is accept, decline or cancel.');
    if (content !== undefined && !isObject(content))
      throw new InputResponsesInvalidError(`${pointer}/content`, 'content is an object.');
  }
  return responses;
}
