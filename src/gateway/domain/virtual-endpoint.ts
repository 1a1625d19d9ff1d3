import { AggregateRoot, type DomainEvent, type FieldProblem, isName, type JsonObject } from '@app/kernel';
import { EndpointInvalidError } from './gateway.errors';
import { faultOfPattern } from './tool-pattern';

export const PREFIXES = ['auto', 'always', 'none'] as const;
export type Prefix = (typeof PREFIXES)[number];

export interface ToolOverride {
  readonly name?: string;
  readonly title?: string;
  readonly description?: string;
}

export interface ToolSelection {
  /** Absent: every tool. */
  readonly allow?: readonly string[];
  /** Wins over `allow`. */
  readonly deny?: readonly string[];
  /** By `<instance>__<tool>`, the name that never changes. */
  readonly overrides?: Readonly<Record<string, ToolOverride>>;
}

export interface EndpointContent {
  readonly description: string;
  readonly instances: readonly string[];
  readonly tools: ToolSelection;
  readonly prefix: Prefix;
}

export const ENDPOINT_INSTANCES_MAX = 200;
export const ENDPOINT_PATTERNS_MAX = 100;
export const ENDPOINT_OVERRIDES_MAX = 200;
const OVERRIDE_KEY = /^[a-z0-9](_?[a-z0-9-])*__[\x21-\x7e]{1,128}$/;
const TOOL_NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** Chosen tools of chosen instances under one name. It names instances, so those may come and go without it. */
export class VirtualEndpoint extends AggregateRoot {
  private constructor(
    readonly name: string,
    private content: EndpointContent,
    readonly rowVersion: number,
  ) {
    super();
  }

  static create(name: string, content: EndpointContent, now: Date): VirtualEndpoint {
    const faults = isName(name) ? [] : [problem('/name', 'is reserved or not a name')];
    refuse([...faults, ...faultsOf(content)]);
    const endpoint = new VirtualEndpoint(name, content, 1);
    endpoint.record(endpoint.fact('created', now));
    return endpoint;
  }

  static restore(name: string, content: EndpointContent, rowVersion: number): VirtualEndpoint {
    return new VirtualEndpoint(name, content, rowVersion);
  }

  change(content: Partial<EndpointContent>, now: Date): void {
    const changed = { ...this.content, ...content };
    refuse(faultsOf(changed));
    this.content = changed;
    this.record(this.fact('updated', now));
  }

  delete(now: Date): void {
    this.record(this.fact('deleted', now));
  }

  snapshot(): EndpointContent & { name: string } {
    return { name: this.name, ...this.content };
  }

  private fact(verb: 'created' | 'updated' | 'deleted', occurredAt: Date): DomainEvent {
    // Every member is JSON; the round trip turns optional members into absent ones.
    const data = JSON.parse(JSON.stringify(this.snapshot())) as JsonObject;
    return {
      name: `mcp.endpoint.${verb}`,
      aggregateType: 'endpoints',
      aggregateId: this.name,
      data,
      occurredAt,
    };
  }
}

const problem = (pointer: string, detail: string): FieldProblem => ({ pointer, code: 'invalid', detail });

function refuse(errors: readonly FieldProblem[]): void {
  const [first] = errors;
  if (first !== undefined) throw new EndpointInvalidError(`${first.pointer} ${first.detail}.`, { errors });
}

function faultsOf({ instances, tools }: EndpointContent): FieldProblem[] {
  return [
    ...faultsOfInstances(instances),
    ...faultsOfPatterns(tools.allow ?? [], '/tools/allow'),
    ...faultsOfPatterns(tools.deny ?? [], '/tools/deny'),
    ...faultsOfOverrides(tools.overrides ?? {}),
  ];
}

function faultsOfInstances(instances: readonly string[]): FieldProblem[] {
  if (instances.length > ENDPOINT_INSTANCES_MAX) {
    return [problem('/instances', `may hold ${ENDPOINT_INSTANCES_MAX} names at most`)];
  }
  return instances.flatMap((name, index) => {
    if (!isName(name)) return [problem(`/instances/${index}`, 'is not the name of an instance')];
    return instances.indexOf(name) === index ? [] : [problem(`/instances/${index}`, 'is there twice')];
  });
}

function faultsOfPatterns(patterns: readonly string[], pointer: string): FieldProblem[] {
  if (patterns.length > ENDPOINT_PATTERNS_MAX) {
    return [problem(pointer, `may hold ${ENDPOINT_PATTERNS_MAX} patterns at most`)];
  }
  return patterns.flatMap((pattern, index) => {
    const fault = faultOfPattern(pattern);
    return fault === undefined ? [] : [problem(`${pointer}/${index}`, fault)];
  });
}

function faultsOfOverrides(overrides: Readonly<Record<string, ToolOverride>>): FieldProblem[] {
  const entries = Object.entries(overrides);
  if (entries.length > ENDPOINT_OVERRIDES_MAX) {
    return [problem('/tools/overrides', `may hold ${ENDPOINT_OVERRIDES_MAX} tools at most`)];
  }
  const taken = new Set<string>();
  return entries.flatMap(([key, { name }]) => {
    const pointer = `/tools/overrides/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!OVERRIDE_KEY.test(key)) return [problem(pointer, 'must be keyed by <instance>__<tool>')];
    if (name === undefined) return [];
    if (!TOOL_NAME.test(name)) return [problem(`${pointer}/name`, 'is not a name of a tool')];
    if (taken.has(name)) return [problem(`${pointer}/name`, 'is given to two tools')];
    taken.add(name);
    return [];
  });
}
