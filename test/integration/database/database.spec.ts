import { type TestDatabase, testDatabase } from '@app/testing';
import { MIGRATIONS } from '../../../src/migrations';

describe('Database', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await testDatabase({ migrations: MIGRATIONS });
  });
  afterAll(() => test.drop());

  it('answers', async () => {
    await expect(test.db.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
  });
});
