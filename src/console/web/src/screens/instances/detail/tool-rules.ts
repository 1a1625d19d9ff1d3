import { type components } from '~/api/schema.gen';

export type Endpoint = components['schemas']['EndpointDto'];
export type ToolRules = Endpoint['tools'];

/** The name of a tool that never changes, and that rules and overrides go by. */
export const qualified = (instance: string, tool: string): string => `${instance}__${tool}`;

const SPECIAL = /[.+?^${}()|[\]\\]/g;

/** As the gateway reads patterns: `*` stands for any characters, everything else for itself. */
export function matches(pattern: string, name: string): boolean {
  const source = pattern.replaceAll(SPECIAL, String.raw`\$&`).replaceAll('*', '.*');
  return new RegExp(`^${source}$`, 'su').test(name);
}

const anyMatches = (patterns: readonly string[], instance: string, tool: string): boolean =>
  patterns.some((pattern) => matches(pattern, tool) || matches(pattern, qualified(instance, tool)));

export function isOn({ allow, deny = [] }: ToolRules, instance: string, tool: string): boolean {
  if (anyMatches(deny, instance, tool)) return false;
  return allow === undefined || anyMatches(allow, instance, tool);
}

/** Whether a switch can change it: where a pattern speaks of more than this tool, the pattern has to be changed. */
export function isOwnRule(rules: ToolRules, instance: string, tool: string): boolean {
  const without = switched(rules, instance, tool, true);
  return isOn(rules, instance, tool) || isOn(without, instance, tool);
}

/** Off is a rule for exactly this tool; on takes that rule away, and allows the tool where only some are. */
export function switched(rules: ToolRules, instance: string, tool: string, on: boolean): ToolRules {
  const name = qualified(instance, tool);
  const deny = (rules.deny ?? []).filter((pattern) => pattern !== name && pattern !== tool);
  if (!on) return { ...rules, deny: [...deny, name] };
  const { allow } = rules;
  const isMissing = allow !== undefined && !anyMatches(allow, instance, tool);
  return { ...rules, deny, ...(isMissing ? { allow: [...allow, name] } : {}) };
}

/** An empty name, or its own, takes the other name away; titles and descriptions stay. */
export function renamed(rules: ToolRules, instance: string, tool: string, other: string): ToolRules {
  const key = qualified(instance, tool);
  const { [key]: before = {}, ...others } = rules.overrides ?? {};
  const { name: _, ...kept } = before;
  const next = other === '' || other === tool ? kept : { ...kept, name: other };
  const overrides = Object.keys(next).length === 0 ? others : { ...others, [key]: next };
  return { ...rules, overrides };
}

export const nameThere = (rules: ToolRules, instance: string, tool: string): string | undefined =>
  rules.overrides?.[qualified(instance, tool)]?.name;
