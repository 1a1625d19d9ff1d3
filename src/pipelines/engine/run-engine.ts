import { Injectable, Logger } from '@nestjs/common';
import { Database, isDatabaseUnavailable } from '@app/database';
import { DomainError } from '@app/kernel';
import { type RunEvent } from './decide';
import { OnePerKey } from './one-per-key';
import { RunRows } from './run-rows';
import { isOver, type StageError } from './run-state';
import { type Turn } from './turn';
import { STARTS_MAX, TurnPlayer } from './turn-player';

/** Far more than a thousand stages in a row, all of which are skipped, need. */
const TURNS_MAX = 2_000;

/**
 * Moves runs. A turn is one transaction that holds the run's row: whatever has ended meanwhile is taken in, whatever that sets
 * free is begun. A process that dies in it has done nothing, and the next look finds the same to do.
 */
@Injectable()
export class RunEngine {
  private readonly logger = new Logger(RunEngine.name);
  /** Many stages that end at once need one look, not as many as they are. */
  private readonly looks = new OnePerKey();

  constructor(
    private readonly db: Database,
    private readonly rows: RunRows,
    private readonly player: TurnPlayer,
  ) {}

  /** Does everything that can be done for the run now. Asked for too often it does nothing. */
  advance(runId: string): Promise<void> {
    return this.looks.run(runId, () => this.move(runId));
  }

  /** For whoever comes late, or with others: most of them find that it is done. */
  advanceIfDue(runId: string): Promise<void> {
    return this.looks.run(runId, async () => {
      if (await this.rows.isDue(runId)) await this.move(runId);
    });
  }

  /** Something happens to it that is not found in any table. Joins the open transaction. false: it was over already. */
  happen(runId: string, eventOf: (turn: Turn) => Promise<RunEvent> | RunEvent): Promise<boolean> {
    return this.db.transaction(async () => {
      const run = await this.rows.lock(runId);
      if (run === undefined || isOver(run.status)) return false;
      const turn = await this.player.open(run);
      await this.player.play(turn, { starts: STARTS_MAX, first: await eventOf(turn) });
      return true;
    });
  }

  private async move(runId: string): Promise<void> {
    for (let turns = 0; turns < TURNS_MAX; turns += 1) if (!(await this.look(runId))) return;
  }

  /** Answers whether there is more to do. */
  private async look(runId: string): Promise<boolean> {
    try {
      return await this.turn(runId, { starts: STARTS_MAX });
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      return this.lookCarefully(runId);
    }
  }

  /** One start at a time, so that a stage that cannot be begun is told from the others, and fails with the reason. */
  private async lookCarefully(runId: string): Promise<boolean> {
    try {
      return await this.turn(runId, { starts: 1 });
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      if (!(error instanceof DomainError)) this.logger.error(error);
      return this.turn(runId, { starts: 1, refusal: refusalOf(error) });
    }
  }

  private turn(runId: string, options: { starts: number; refusal?: StageError }): Promise<boolean> {
    return this.db.transaction(async () => {
      const run = await this.rows.lock(runId);
      if (run === undefined || isOver(run.status)) return false;
      return this.player.play(await this.player.open(run), options);
    });
  }
}

function refusalOf(error: unknown): StageError {
  return error instanceof DomainError
    ? { code: error.code, message: error.message }
    : { code: 'stage_not_started', message: 'The stage could not be begun; the log has the cause.' };
}
