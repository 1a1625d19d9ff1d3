import { join } from 'node:path';
import { createConfig, lint, type NormalizedProblem } from '@redocly/openapi-core';
import { ROOT } from './sources';

/** Guards against hanging: a whole document of this size takes seconds. */
const LIMIT_MS = 120_000;
const placeOf = ({ ruleId, location }: NormalizedProblem): string =>
  `${ruleId} at ${location[0]?.pointer ?? ''}`;

describe('E1: the OpenAPI document', () => {
  it(
    'has no errors and no warnings under the recommended rules, none of them excepted',
    async () => {
      const config = await createConfig({ extends: ['recommended'] });
      const problems = await lint({ ref: join(ROOT, 'openapi.json'), config });
      expect(problems.map((problem) => `${placeOf(problem)}: ${problem.message}`)).toEqual([]);
    },
    LIMIT_MS,
  );
});
