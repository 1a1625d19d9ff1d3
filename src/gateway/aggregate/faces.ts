import { Injectable } from '@nestjs/common';
import { type Scope } from '@app/kernel';
import { type CallerView } from '../access/caller-view';
import { EndpointUnknownError } from '../domain/gateway.errors';
import { type EndpointContent } from '../domain/virtual-endpoint';
import { EndpointTable } from '../routing/endpoint-table';
import { RoutingTable } from '../routing/routing-table';
import { FacePlan, type Permits } from './face-plan';

/** An aggregated face: what catalogs are kept by, and how its plan is found at any time. */
export interface Face {
  /** Other callers' views have other keys. */
  readonly key: string;
  readonly scope: Scope;
  /** The same object for as long as nothing changed. Throws where the configuration is gone. */
  readonly plan: () => FacePlan;
  /** Its members; none where the configuration is gone. */
  readonly members: () => readonly string[];
  readonly endpointName: string | undefined;
  /** Whether everybody who may use the face sees the same. */
  readonly isSameForAll: boolean;
  readonly description: () => string;
}

/** Views whose plans are kept; beyond it the one that was made longest ago is made anew at its next use. */
const VIEWS_MAX = 1_000;

interface KeptPlan {
  readonly plan: FacePlan;
  /** What the plan was made of; with the same text it stays the same object. */
  readonly basis: string;
  /** How old the routes and the grants were when it was looked at. */
  readonly seen: string;
}

/** The aggregated faces as configuration is now, and as a caller sees them. */
@Injectable()
export class Faces {
  private readonly ofContent = new WeakMap<EndpointContent, FacePlan>();
  private readonly kept = new Map<string, KeptPlan>();
  /** Grows with every route that is read, changed or not. */
  private routesSeen = 0;

  constructor(
    private readonly table: RoutingTable,
    private readonly endpoints: EndpointTable,
  ) {
    table.onChange(() => {
      this.routesSeen += 1;
    });
  }

  all(view: CallerView): Face {
    return {
      key: `all ${view.key}`,
      scope: view.principal,
      endpointName: undefined,
      plan: () => this.planOfAll(view),
      members: () => this.planOfAll(view).members,
      // Who may use which server is the caller's own.
      isSameForAll: false,
      description: () => '',
    };
  }

  endpoint(name: string, view: CallerView): Face {
    const content = (): EndpointContent | undefined => this.endpoints.find(view.principal, name);
    return {
      key: `endpoint ${name} ${view.key}`,
      scope: view.principal,
      endpointName: name,
      plan: () => this.planOfEndpoint(name, view),
      members: () => (content() === undefined ? [] : this.planOfEndpoint(name, view).members),
      isSameForAll: view.isOpen,
      description: () => content()?.description ?? '',
    };
  }

  private planOfEndpoint(name: string, view: CallerView): FacePlan {
    const content = this.endpoints.find(view.principal, name);
    if (content === undefined) throw new EndpointUnknownError(name);
    if (!view.isOpen) return this.keep(`endpoint ${name} ${view.key}`, view, () => this.cut(content, view));
    const known = this.ofContent.get(content);
    if (known !== undefined) return known;
    const made = FacePlan.ofEndpoint(content);
    this.ofContent.set(content, made);
    return made;
  }

  /** All that are meant to run: one that was stopped on purpose is not missing. */
  private planOfAll(view: CallerView): FacePlan {
    return this.keep(`all ${view.key}`, view, () => {
      const wanted = this.table.all(view.principal).filter(({ desiredState }) => desiredState === 'running');
      const members = wanted.filter((route) => view.sees(route)).map(({ name }) => name);
      return { basis: members.join('\n'), make: () => FacePlan.ofAll(members, this.permits(view)) };
    });
  }

  /** A member that this caller may not use is none; the names of the others stay as they are for everybody. */
  private cut(content: EndpointContent, view: CallerView): { basis: string; make: () => FacePlan } {
    const members = content.instances.filter((name) => {
      const route = this.table.find(view.principal, name);
      return route === undefined || view.sees(route);
    });
    return {
      basis: JSON.stringify([members, content]),
      make: () => FacePlan.ofEndpoint(content, members, this.permits(view)),
    };
  }

  private permits(view: CallerView): Permits | undefined {
    if (view.isOpen) return undefined;
    return (kind, name, original) => {
      const route = this.table.find(view.principal, name);
      return route !== undefined && view.permits(kind, route, kind === 'tools' ? original : undefined);
    };
  }

  private keep(key: string, view: CallerView, look: () => { basis: string; make: () => FacePlan }): FacePlan {
    const seen = `${this.routesSeen} ${view.version}`;
    const known = this.kept.get(key);
    if (known?.seen === seen) return known.plan;
    const { basis: members, make } = look();
    // Only for views with limits does a changed grant change what is shown.
    const basis = view.isOpen ? members : `${view.version} ${members}`;
    const plan = known?.basis === basis ? known.plan : make();
    this.kept.delete(key);
    this.kept.set(key, { plan, basis, seen });
    const [oldest] = this.kept.keys();
    if (this.kept.size > VIEWS_MAX && oldest !== undefined) this.kept.delete(oldest);
    return plan;
  }
}
