import { Injectable } from '@nestjs/common';
import { EndpointUnknownError } from '../domain/gateway.errors';
import { type EndpointContent } from '../domain/virtual-endpoint';
import { EndpointTable } from '../routing/endpoint-table';
import { RoutingTable } from '../routing/routing-table';
import { FacePlan } from './face-plan';

/** An aggregated face: what catalogs are kept by, and how its plan is found at any time. */
export interface Face {
  readonly key: string;
  /** The same object for as long as nothing changed. Throws where the configuration is gone. */
  readonly plan: () => FacePlan;
  /** Its members; none where the configuration is gone. */
  readonly members: () => readonly string[];
  readonly endpointName: string | undefined;
  /** Whether everybody who may use the face sees the same. */
  readonly isSameForAll: boolean;
  readonly description: () => string;
}

/** The aggregated faces as configuration is now. */
@Injectable()
export class Faces {
  readonly all: Face = {
    key: 'all',
    endpointName: undefined,
    plan: () => this.planOfAll(),
    members: () => this.planOfAll().members,
    // Who may use which server is the caller's own.
    isSameForAll: false,
    description: () => '',
  };
  private readonly ofContent = new WeakMap<EndpointContent, FacePlan>();
  private ofAll: { readonly plan: FacePlan; readonly names: string } | undefined;
  private isAllOld = true;

  constructor(
    private readonly table: RoutingTable,
    private readonly endpoints: EndpointTable,
  ) {
    table.onChange(() => {
      this.isAllOld = true;
    });
  }

  endpoint(name: string): Face {
    return {
      key: `endpoint ${name}`,
      endpointName: name,
      plan: () => this.planOfEndpoint(name),
      members: () => this.endpoints.find(name)?.instances ?? [],
      isSameForAll: true,
      description: () => this.endpoints.find(name)?.description ?? '',
    };
  }

  private planOfEndpoint(name: string): FacePlan {
    const content = this.endpoints.find(name);
    if (content === undefined) throw new EndpointUnknownError(name);
    const known = this.ofContent.get(content);
    if (known !== undefined) return known;
    const made = FacePlan.ofEndpoint(content);
    this.ofContent.set(content, made);
    return made;
  }

  /** All that are meant to run: one that was stopped on purpose is not missing. */
  private planOfAll(): FacePlan {
    if (this.ofAll !== undefined && !this.isAllOld) return this.ofAll.plan;
    const wanted = this.table.all().filter(({ desiredState }) => desiredState === 'running');
    const members = wanted.map(({ name }) => name);
    const names = members.join('\n');
    if (this.ofAll?.names !== names) this.ofAll = { plan: FacePlan.ofAll(members), names };
    this.isAllOld = false;
    return this.ofAll.plan;
  }
}
