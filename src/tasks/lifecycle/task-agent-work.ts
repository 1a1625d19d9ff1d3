import { Injectable } from '@nestjs/common';
import { AgentWork } from '../../agents';

/** The tasks' side of the agents' port. */
@Injectable()
export class TaskAgentWork extends AgentWork {
  runningOf(): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(new Map());
  }

  toCancel(): Promise<ReadonlyMap<string, readonly string[]>> {
    return Promise.resolve(new Map());
  }

  forgotten(): Promise<void> {
    return Promise.resolve();
  }
}
