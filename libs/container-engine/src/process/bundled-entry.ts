/** A program that ships with us: the only thing the process engine runs. */
export interface BundledEntry {
  readonly name: string;
  /** The arguments of node: a script and what follows it. `home` is the one folder the program may write. */
  args(home: string): readonly string[];
  /** Names of the variables that it may be given. */
  readonly environment: readonly string[];
  /** More folders that it may write, where a sandbox would otherwise show them read-only. */
  writablePaths?(environment: Readonly<Record<string, string>>): readonly string[];
  /** True for a program that is useless without a network; by default a sandbox gives it none. */
  readonly usesNetwork?: boolean;
}
