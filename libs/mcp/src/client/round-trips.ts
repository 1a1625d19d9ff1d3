import { type JsonObject, type JsonValue } from '@app/kernel';
import { McpProtocolError } from '../errors';
import { isObject } from '../wire/json-rpc';
import { cut } from './refusal';
import { type AskClient } from './session';

/** Rounds of questions within one call, and questions within one round; beyond it the server is lost in thought. */
const MAX_ROUNDS = 8;
const MAX_QUESTIONS = 32;

export interface RoundTrips {
  readonly serverName: string;
  /** Undefined where nobody can be asked. */
  readonly ask: AskClient | undefined;
  readonly signal: AbortSignal;
  /** Sends the request again with these parameters added. */
  send(more: JsonObject): Promise<JsonObject>;
}

/** Answers what a server of the newer era asks on the way to its result, by repeating the request with the answers. */
export async function throughRounds(trips: RoundTrips): Promise<JsonObject> {
  let result = await trips.send({});
  for (let round = 0; result.resultType === 'input_required' && trips.ask !== undefined; round += 1) {
    if (round >= MAX_ROUNDS) throw violation(trips, 'it asks for input without end');
    result = await trips.send(await answers(result, trips.ask, trips));
  }
  const { resultType } = result;
  // Absent means complete.
  if (resultType === undefined || resultType === 'complete') return result;
  const words = typeof resultType === 'string' ? cut(resultType).slice(0, 40) : 'something else';
  throw new McpProtocolError(
    `"${trips.serverName}" answered "${words}", which was not offered to it.`,
    'mcp',
    trips,
  );
}

async function answers(result: JsonObject, ask: AskClient, trips: RoundTrips): Promise<JsonObject> {
  const { inputRequests = {}, requestState } = result;
  if (!isObject(inputRequests)) throw violation(trips, 'its questions have not the right shape');
  const questions = Object.entries(inputRequests);
  if (questions.length > MAX_QUESTIONS) throw violation(trips, 'it asks too much at once');
  const answered = questions.map(async ([key, question]): Promise<readonly [string, JsonValue]> => {
    if (!isObject(question) || typeof question.method !== 'string')
      throw violation(trips, 'its questions have not the right shape');
    const params = isObject(question.params) ? question.params : {};
    return [key, await ask(question.method, params, trips.signal)];
  });
  return {
    ...(questions.length === 0 ? {} : { inputResponses: Object.fromEntries(await Promise.all(answered)) }),
    // Exactly as it came: what it means is the server's affair.
    ...(requestState === undefined ? {} : { requestState }),
  };
}

const violation = ({ serverName }: RoundTrips, what: string): McpProtocolError =>
  new McpProtocolError(`"${serverName}" broke the protocol: ${what}.`, 'mcp', { serverName });
