import { join } from 'node:path';
import { createConfig, lint, type NormalizedProblem } from '@redocly/openapi-core';
import { ROOT } from './sources';

/** Guards against hanging: a whole document of this size takes seconds. */
const LIMIT_MS = 120_000;
/** What the rules cannot know. */
const ACCEPTED = new Set([
  // Browsers are led away and back again; no answer of these is a 2xx.
  'operation-2xx-response at #/paths/~1api~1v1~1auth~1oidc~1{issuer}~1start/get/responses',
  'operation-2xx-response at #/paths/~1api~1v1~1auth~1oidc~1{issuer}~1callback/get/responses',
  // The {id} of a notification is a UUID, which "webhooks" is not.
  'no-ambiguous-paths at #/paths/~1api~1v1~1notifications~1{id}~1redeliver',
]);

const placeOf = ({ ruleId, location }: NormalizedProblem): string =>
  `${ruleId} at ${location[0]?.pointer ?? ''}`;

describe('E1: the OpenAPI document', () => {
  it(
    'has nothing that the recommended rules object to',
    async () => {
      const config = await createConfig({ extends: ['recommended'] });
      const problems = await lint({ ref: join(ROOT, 'openapi.json'), config });
      const objections = problems.filter((problem) => !ACCEPTED.has(placeOf(problem)));
      expect(objections.map((problem) => `${placeOf(problem)}: ${problem.message}`)).toEqual([]);
      expect(new Set(problems.map(placeOf))).toEqual(ACCEPTED);
    },
    LIMIT_MS,
  );
});
