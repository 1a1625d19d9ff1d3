import { AdvanceConsumer } from '../engine/advance.consumer';
import { RunClock } from '../engine/run-clock';
import { RunEngine } from '../engine/run-engine';
import { RunMetrics } from '../engine/run-metrics';
import { RunRows } from '../engine/run-rows';
import { RunStore } from '../engine/run-store';
import { StageEnds } from '../engine/stage-ends';
import { StageRows } from '../engine/stage-rows';
import { StageWork } from '../engine/stage-work';
import { TurnPlayer } from '../engine/turn-player';
import { Approvals } from './approvals';
import { PipelineRunsController } from './http/pipeline-runs.controller';
import { RunActionsController } from './http/run-actions.controller';
import { RunsController } from './http/runs.controller';
import { RunAccess } from './run-access';
import { Reruns, RunCommands } from './run-commands';
import { RunReader } from './run-reader';
import { RunRetention } from './run-retention';
import { RunStages } from './run-stages';
import { RunStarter } from './run-starter';
import { RunWaiter } from './run-waiter';
import { WhyARunWaits } from './why-a-run-waits';

/** For every process that starts or moves runs. */
export const RUNS = [
  ...[RunStarter, RunCommands, RunEngine, RunStore, RunRows, RunMetrics],
  ...[StageRows, StageEnds, StageWork, TurnPlayer],
];
/** Where people look at runs and decide about them. */
export const RUN_CONTROLLERS = [PipelineRunsController, RunsController, RunActionsController];
export const RUN_ANSWERS = [RunAccess, RunStages, RunReader, RunWaiter, WhyARunWaits, Approvals, Reruns];
/** Where runs are moved. */
export const RUN_WORKERS = [AdvanceConsumer, RunClock, RunRetention];
