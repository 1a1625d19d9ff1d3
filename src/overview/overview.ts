import { Injectable } from '@nestjs/common';
import { actorOf, type Principal, requestContext } from '@app/telemetry';
import { Access, PERMISSIONS } from '../identity';
import { type Finding } from './attention/attention';
import { AttentionRows } from './attention/attention-rows';
import { type OverviewCounts, OverviewCountRows } from './counts/counts';
import { type Viewer } from './overview.viewer';
import { MinuteRows } from './series/minute-rows';
import { type Range, type Series, seriesOf, stepsOf } from './series/series';

export interface OverviewReport {
  readonly at: Date;
  readonly counts: OverviewCounts;
  readonly findings: readonly Finding[];
}

interface Kept {
  readonly until: number;
  readonly report: Promise<OverviewReport>;
}

/** Ten open pages of the same people ask once. */
const KEPT_MS = 2_000;
const KEPT_MAX = 200;

/** The state of everything, as its caller may see it. */
@Injectable()
export class Overview {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly access: Access,
    private readonly counts: OverviewCountRows,
    private readonly attention: AttentionRows,
    private readonly minutes: MinuteRows,
  ) {}

  of(principal: Principal): Promise<OverviewReport> {
    const viewer = this.viewerOf(principal);
    const key = keyOf(viewer);
    const now = performance.now();
    const kept = this.kept.get(key);
    if (kept !== undefined && kept.until > now) return kept.report;
    if (this.kept.size >= KEPT_MAX) this.kept.clear();
    const report = this.look(viewer).catch((error: unknown) => {
      this.kept.delete(key);
      throw error;
    });
    this.kept.set(key, { until: now + KEPT_MS, report });
    return report;
  }

  async series({ workspaceId }: Principal, range: Range, now = new Date()): Promise<Series> {
    const from = stepsOf(range, now)[0] ?? now;
    return seriesOf(range, now, await this.minutes.between(workspaceId, from, now));
  }

  private async look(viewer: Viewer): Promise<OverviewReport> {
    const [counts, findings] = await Promise.all([this.counts.of(viewer), this.attention.of(viewer)]);
    return { at: new Date(), counts, findings };
  }

  private viewerOf(principal: Principal): Viewer {
    return {
      workspaceId: principal.workspaceId,
      userId: principal.userId ?? null,
      actor: actorOf(requestContext.get()),
      isAdmin: principal.role === 'admin' && principal.permissions === 'all',
      may: (permission) => this.access.may(principal, permission),
      instances: this.access.reach(principal, 'instances', 'instances:read'),
      pipelines: this.access.reach(principal, 'pipelines', 'pipelines:read'),
    };
  }
}

/** Everything that decides what is shown; two callers with the same see the same. */
const keyOf = ({ may, ...rest }: Viewer): string =>
  JSON.stringify([rest, PERMISSIONS.filter((permission) => may(permission))]);
