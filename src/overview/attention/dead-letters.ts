import { type Viewer } from '../overview.viewer';

/**
 * A stage that is tried again leaves a dead task for each attempt, and is one trouble all the same: its last attempt
 * speaks for it, once the stage itself has failed. What failed inside a run that is a stage of another run is told of
 * that stage; a run that was started again speaks for the run before. `$2`: the caller may see runs.
 */
export const DEAD_LETTERS = `
  WITH RECURSIVE given_up AS (
    SELECT t.id, t.type, t.finished_at, s.id AS stage_run_id, s.run_id,
           coalesce(t.error ->> 'message', 'It was given up: ' || replace(t.dead_reason, '_', ' ') || '.') AS message
      FROM task t LEFT JOIN stage_run s ON s.id = t.stage_run_id
     WHERE t.workspace_id = $1 AND t.dead_reason IS NOT NULL AND t.retried_as IS NULL
       AND (t.stage_run_id IS NULL OR (s.task_id = t.id AND s.status = 'failed'))
  ), above AS (
    SELECT id, stage_run_id, run_id FROM given_up WHERE run_id IS NOT NULL
    UNION ALL
    SELECT a.id, s.id, s.run_id
      FROM above a JOIN pipeline_run r ON r.id = a.run_id
      JOIN stage_run s ON s.id = r.parent_stage_run_id AND s.child_run_id = r.id AND s.status = 'failed'
  ), failed_stage AS (
    SELECT DISTINCT ON (s.id) g.id AS task_id, g.type, g.finished_at, g.message, r.id AS run_id, r.pipeline_name,
           s.name AS stage, s.attempt, $2::boolean AND r.pipeline_id <> ALL ($3::uuid[]) AS is_shown
      FROM above a JOIN given_up g ON g.id = a.id JOIN stage_run s ON s.id = a.stage_run_id
      JOIN pipeline_run r ON r.id = a.run_id AND r.parent_run_id IS NULL
     WHERE NOT EXISTS (SELECT FROM pipeline_run next WHERE next.rerun_of = r.id)
     ORDER BY s.id, g.finished_at DESC, g.id
  )
  SELECT id::text, type AS name, message AS cause, finished_at AS since, 'tasks' AS object_type
    FROM given_up WHERE run_id IS NULL
  UNION ALL
  SELECT CASE WHEN is_shown THEN run_id ELSE task_id END::text, CASE WHEN is_shown THEN pipeline_name ELSE type END,
         CASE WHEN is_shown THEN 'The stage "' || stage || '" failed' ELSE 'It failed' END
           || CASE WHEN attempt > 1 THEN ' after ' || attempt || ' attempts: ' ELSE ': ' END || message,
         finished_at, CASE WHEN is_shown THEN 'runs' ELSE 'tasks' END
    FROM failed_stage`;

export const reachOfStages = ({ may, pipelines }: Viewer): readonly unknown[] => [
  ...[may('pipelines:read'), pipelines.withoutIds],
];
