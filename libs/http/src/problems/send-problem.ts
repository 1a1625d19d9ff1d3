import { type RawResponse } from '@app/plain-http';
import { type FastifyReply } from 'fastify';
import { PROBLEM_TYPE, type ProblemAnswer } from './problem-of';

export function sendProblem(reply: FastifyReply, { body, headers }: ProblemAnswer): void {
  void reply
    .status(body.status)
    .headers(headers)
    .type(PROBLEM_TYPE)
    // As bytes: given an object or a text, Fastify would add a charset, which JSON types do not have.
    .send(Buffer.from(JSON.stringify(body)));
}

/** The same below the framework, with the headers that any answer has: names and values by turns. */
export function writeProblem(
  response: RawResponse,
  { body, headers }: ProblemAnswer,
  house: readonly string[],
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  const all = [...house, 'content-type', PROBLEM_TYPE, 'content-length', String(bytes.length)];
  for (const [name, value] of Object.entries(headers)) all.push(name, value);
  response.writeHead(body.status, all);
  response.end(bytes);
}
