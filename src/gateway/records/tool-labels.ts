/** Tools with series of their own, over all servers. */
const TOOLS_MAX = 200;
const OTHER = 'other';

/** Which tools have a label: the first that proved to exist, up to a bound. */
export class ToolLabels {
  private readonly byInstance = new Map<string, Set<string>>();
  private count = 0;

  of(instance: string, tool: string | undefined, isProven: boolean): string {
    if (tool === undefined) return OTHER;
    const known = this.byInstance.get(instance);
    if (known?.has(tool) === true) return tool;
    if (!isProven || this.count >= TOOLS_MAX) return OTHER;
    this.count += 1;
    this.byInstance.set(instance, (known ?? new Set()).add(tool));
    return tool;
  }

  forget(instance: string): void {
    this.count -= this.byInstance.get(instance)?.size ?? 0;
    this.byInstance.delete(instance);
  }
}
