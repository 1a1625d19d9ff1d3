import { type Database } from '@app/database';

/** Carries the answer out of a transaction that must not commit. */
class DryRunEnded extends Error {
  constructor(readonly answer: unknown) {
    super('a dry run ends without a commit');
    this.name = 'DryRunEnded';
  }
}

/**
 * The work in one transaction; a dry run does all of it, constraints and quotas included, and takes it back. What is
 * checked by a trial can never differ from what is checked in earnest.
 */
export async function runDry<T>(db: Database, isDryRun: boolean, work: () => Promise<T>): Promise<T> {
  if (!isDryRun) return db.transaction(work);
  try {
    return await db.transaction(async () => {
      throw new DryRunEnded(await work());
    });
  } catch (error) {
    if (error instanceof DryRunEnded) return error.answer as T;
    throw error;
  }
}
