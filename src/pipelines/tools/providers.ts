import { CallMarks } from './call-marks';
import { ToolStage } from './tool-stage';
import { ToolTaskConsumer } from './tool-task.consumer';

/** Where tool calls of runs are made. */
export const TOOL_STAGES = [CallMarks, ToolStage, ToolTaskConsumer];
