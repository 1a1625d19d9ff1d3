import { Injectable } from '@nestjs/common';
import { Database, storableJson } from '@app/database';
import { type JsonObject } from '@app/kernel';
import { type Pin } from './sift';
import { type ToolPrint } from './tool-print';

/** One pinned tool for people. */
export interface PinnedTool {
  readonly tool: string;
  readonly sha256: string;
  readonly definition: JsonObject;
  readonly approvedAt: Date;
  readonly approvedBy: string;
  readonly changedSha256: string | null;
  readonly changedDefinition: JsonObject | null;
  readonly changedAt: Date | null;
}

interface PinRow {
  readonly instanceId: string;
  readonly tool: string | null;
  readonly approved: string;
  readonly changed: string | null;
}

export type Pins = ReadonlyMap<string, ReadonlyMap<string, Pin>>;

/** More tools than any honest server has. */
const SHOWN_MAX = 10_000;

@Injectable()
export class PinStore {
  constructor(private readonly db: Database) {}

  /** By instance; one without an entry has no pins, one with an empty entry waits for its first list. */
  async load(instanceId?: string): Promise<Pins> {
    const rows = await this.db.query<PinRow>(
      `SELECT g.instance_id AS "instanceId", p.tool, p.sha256 AS approved, p.changed_sha256 AS changed
         FROM tool_pinning g LEFT JOIN tool_pin p USING (instance_id)
        WHERE $1::uuid IS NULL OR g.instance_id = $1::uuid`,
      [instanceId ?? null],
    );
    const pins = new Map<string, Map<string, Pin>>();
    for (const { instanceId: id, tool, approved, changed } of rows) {
      const of = pins.get(id) ?? new Map<string, Pin>();
      pins.set(id, of);
      if (tool !== null) of.set(tool, { approved, changed: changed ?? undefined });
    }
    return pins;
  }

  async isOn(instanceId: string): Promise<boolean> {
    const rows = await this.db.query(`SELECT 1 FROM tool_pinning WHERE instance_id = $1`, [instanceId]);
    return rows.length > 0;
  }

  tools(instanceId: string): Promise<readonly PinnedTool[]> {
    return this.db.query<PinnedTool>(
      `SELECT tool, sha256, definition, approved_at AS "approvedAt", approved_by AS "approvedBy",
              changed_sha256 AS "changedSha256", changed_definition AS "changedDefinition", changed_at AS "changedAt"
         FROM tool_pin WHERE instance_id = $1 ORDER BY (changed_at IS NULL), tool LIMIT ${String(SHOWN_MAX)}`,
      [instanceId],
    );
  }

  /** Returns whether it was off. */
  async switchOn(instanceId: string): Promise<boolean> {
    const made = await this.db.execute(
      `INSERT INTO tool_pinning (instance_id) VALUES ($1) ON CONFLICT DO NOTHING`,
      [instanceId],
    );
    return made > 0;
  }

  /** What was approved is forgotten: whoever pins again approves again. */
  async switchOff(instanceId: string): Promise<boolean> {
    return (await this.db.execute(`DELETE FROM tool_pinning WHERE instance_id = $1`, [instanceId])) > 0;
  }

  /** The first sight counts; of two gateways that see a tool at once, the first one. */
  async approveFirst(instanceId: string, prints: readonly ToolPrint[], by: string): Promise<void> {
    if (prints.length === 0) return;
    await this.db.execute(
      `INSERT INTO tool_pin (instance_id, tool, sha256, definition, approved_by)
       SELECT g.instance_id, t.tool, t.sha256, t.definition, $3 FROM tool_pinning g,
              jsonb_to_recordset($2::jsonb) AS t (tool text, sha256 text, definition jsonb)
        WHERE g.instance_id = $1 ON CONFLICT DO NOTHING`,
      [instanceId, storableJson(prints), by],
    );
  }

  /** Returns what was approved, where nobody has written this change down. */
  async quarantine(instanceId: string, { tool, sha256, definition }: ToolPrint): Promise<string | undefined> {
    const [row] = await this.db.query<{ approved: string }>(
      `UPDATE tool_pin SET changed_sha256 = $3, changed_definition = $4::jsonb, changed_at = now()
        WHERE instance_id = $1 AND tool = $2 AND sha256 <> $3 AND changed_sha256 IS DISTINCT FROM $3
        RETURNING sha256 AS approved`,
      [instanceId, tool, sha256, storableJson(definition)],
    );
    return row?.approved;
  }

  async release(instanceId: string, tools: readonly string[]): Promise<void> {
    if (tools.length === 0) return;
    await this.db.execute(
      `UPDATE tool_pin SET changed_sha256 = NULL, changed_definition = NULL, changed_at = NULL
        WHERE instance_id = $1 AND tool = ANY ($2)`,
      [instanceId, tools],
    );
  }

  /** Bound to what was shown: when the server has said something else meanwhile, nothing is approved. */
  async approve(
    instanceId: string,
    { tool, sha256, by }: { readonly tool: string; readonly sha256: string; readonly by: string },
  ): Promise<string | undefined> {
    const [row] = await this.db.query<{ before: string }>(
      `UPDATE tool_pin p SET sha256 = p.changed_sha256, definition = p.changed_definition, approved_at = now(), approved_by = $4,
              changed_sha256 = NULL, changed_definition = NULL, changed_at = NULL
         FROM tool_pin old WHERE old.instance_id = p.instance_id AND old.tool = p.tool
          AND p.instance_id = $1 AND p.tool = $2 AND p.changed_sha256 = $3
        RETURNING old.sha256 AS before`,
      [instanceId, tool, sha256, by],
    );
    return row?.before;
  }
}
