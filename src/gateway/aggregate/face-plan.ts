import { type EndpointContent, type ToolOverride, type ToolSelection } from '../domain/virtual-endpoint';
import { matchesPattern } from '../domain/tool-pattern';
import { type ListKind } from '../upstream/fetch-list';
import { qualifiedName } from './advertised-names';

/** Whether a caller sees what a member offers, by its name there; absent: all of it. */
export type Permits = (kind: ListKind, instance: string, original: string) => boolean;

/** What configuration says of an aggregated face; who is up does not matter here. */
export class FacePlan {
  /** In the order of lists. */
  readonly members: readonly string[];

  private constructor(
    members: readonly string[],
    readonly isPrefixed: boolean,
    private readonly tools: ToolSelection,
    private readonly permits?: Permits,
  ) {
    this.members = [...members].sort(bytewise);
  }

  /** Whether names are prefixed is the same for all callers, however many of the members one sees. */
  static ofEndpoint(content: EndpointContent, members = content.instances, permits?: Permits): FacePlan {
    const { instances, prefix, tools } = content;
    const isPrefixed = prefix === 'always' || (prefix === 'auto' && instances.length !== 1);
    return new FacePlan(members, isPrefixed, tools, permits);
  }

  /** Always prefixed: another server that is added must not rename what is there. */
  static ofAll(instances: readonly string[], permits?: Permits): FacePlan {
    return new FacePlan(instances, true, {}, permits);
  }

  /** Decided by original names, so that no new name detaches it. */
  shows(kind: ListKind, instance: string, original: string): boolean {
    return this.permits?.(kind, instance, original) ?? true;
  }

  /** Patterns fit the name at the server or the one with its instance. */
  hasTool(instance: string, tool: string): boolean {
    const { allow, deny = [] } = this.tools;
    const qualified = qualifiedName(instance, tool);
    const fits = (pattern: string): boolean =>
      matchesPattern(pattern, tool) || matchesPattern(pattern, qualified);
    return (allow === undefined || allow.some(fits)) && !deny.some(fits);
  }

  overrideOf(instance: string, tool: string): ToolOverride | undefined {
    const { overrides } = this.tools;
    if (overrides === undefined) return undefined;
    const key = qualifiedName(instance, tool);
    return Object.hasOwn(overrides, key) ? overrides[key] : undefined;
  }
}

export const bytewise = (one: string, other: string): number => (one < other ? -1 : Number(one > other));
