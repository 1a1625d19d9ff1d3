import { type DesiredState, type InstanceSpec } from '@app/contracts';
import { type InstanceState } from '../domain/instance';
import { type Labels } from '../domain/labels';

/** A row, not the aggregate: columns may change shape without touching a rule. */
export interface InstanceRow {
  id: string;
  name: string;
  description: string;
  labels: Labels;
  server_spec_id: string | null;
  agent_id: string | null;
  json_spec: InstanceSpec;
  undeclared_environment: string[];
  desired_state: DesiredState;
  generation: number;
  replicas: number;
  row_version: number;
  created_at: Date;
  updated_at: Date;
}

export const toState = (row: InstanceRow): InstanceState => ({
  id: row.id,
  name: row.name,
  description: row.description,
  labels: row.labels,
  serverSpecId: row.server_spec_id,
  agentId: row.agent_id,
  spec: row.json_spec,
  undeclaredEnvironment: row.undeclared_environment,
  desired: row.desired_state,
  generation: row.generation,
  replicas: row.replicas,
  rowVersion: row.row_version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
