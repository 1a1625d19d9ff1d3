import { isScanFault, scanAnswer, type ScannedMessage } from '@app/mcp';
import { type CallOutcome } from '../records/call-record';
import { type Attempt } from './attempt';

const ACCEPTED = 202;
const NO_CONTENT = 204;

/** What is done with a whole answer: passed on as it is, passed on without a body, or put into our words. */
export type Judgement = 'pass' | 'nothing' | 'refuse';

export function judge(status: number, message: ScannedMessage | undefined, asked: ScannedMessage): Judgement {
  // Credentials are between the server and us, and nobody is sent elsewhere.
  if (status === 401 || status === 403 || isRedirect(status)) return 'refuse';
  if (isNothing(status, asked)) return 'nothing';
  return isProperAnswer(message, asked) ? 'pass' : 'refuse';
}

/** Statuses between the server and us, which its client can do nothing about. */
export const isOursToTell = (status: number): boolean =>
  status === 401 || status === 403 || status >= 500 || isRedirect(status);

export const isCallersFault = (status: number): boolean =>
  status >= 400 && status < 500 && status !== 401 && status !== 403;

const isRedirect = (status: number): boolean => status >= 300 && status < 400;

/** Says of itself that it cannot: too busy, or broken. */
export const isUnavailable = (status: number): boolean => status === 429 || status >= 500;

/** An answer that rightly has no body. */
const isNothing = (status: number, asked: ScannedMessage): boolean =>
  status === ACCEPTED || status === NO_CONTENT || (status < 300 && asked.kind !== 'request');

/** Answers never cross: what is passed on answers this request, or says that it could not be read at all. */
const isProperAnswer = (message: ScannedMessage | undefined, asked: ScannedMessage): boolean =>
  message?.kind === 'response' &&
  (message.id === asked.id || (message.errorCode !== undefined && message.id === null));

export const outcomeOfAnswer = (message: ScannedMessage | undefined): CallOutcome => {
  if (message?.errorCode !== undefined) return 'refused';
  return message?.isToolError === true ? 'tool_error' : 'ok';
};

export const isJson = ({ headers }: Pick<Attempt, 'headers'>): boolean =>
  headers['content-type']?.includes('json') === true;

/** The message that a whole answer is, where it is one. */
export function messageIn(attempt: Pick<Attempt, 'headers'>, body: Buffer): ScannedMessage | undefined {
  if (body.length === 0 || !isJson(attempt)) return undefined;
  const scanned = scanAnswer(body);
  return isScanFault(scanned) ? undefined : scanned;
}
