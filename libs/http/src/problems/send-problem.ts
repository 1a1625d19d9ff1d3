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
