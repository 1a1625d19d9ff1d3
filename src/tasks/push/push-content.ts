import { type JsonObject } from '@app/kernel';
import { type AnswerTask } from '../dispatch/persistence/answer-rows';

/** What an agent is sent: the members of a leased task, and where it says what became of it. */
export const pushContent = (task: AnswerTask, leaseToken: string, publicUrl: string): JsonObject => ({
  task_id: task.taskId,
  lease_token: leaseToken,
  lease_expires_at: task.leaseUntil.toISOString(),
  type: task.type,
  payload: task.payload,
  attempt: task.attempt,
  priority: task.priority,
  capabilities: task.capabilities,
  pipeline_id: task.pipelineMark,
  stage: task.stageMark,
  run_id: task.runId,
  deadline: task.runDeadline.toISOString(),
  created_at: task.createdAt.toISOString(),
  callback_url: `${publicUrl}/api/v1/tasks/${task.taskId}`,
});

/** The same path takes both; `type` of a task is never this word: it would be told apart by `payload` anyway. */
export const cancelContent = (taskId: string, leaseToken: string): JsonObject => ({
  type: 'cancel',
  task_id: taskId,
  lease_token: leaseToken,
});
