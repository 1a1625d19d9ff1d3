const MEMORY = /^([1-9][0-9]{0,15})([bkmg]?)$/i;
const UNIT_BYTES: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** Docker's spelling of memory, `256m`; undefined when it is not one. */
export function memoryBytes(text: string): number | undefined {
  const match = MEMORY.exec(text);
  if (match?.[1] === undefined) return undefined;
  return Number(match[1]) * (UNIT_BYTES[(match[2] ?? '').toLowerCase()] ?? 1);
}

const CPUS = /^[0-9]{1,5}(?:\.[0-9]{1,9})?$/;

/** Cores as text, `0.5`; undefined when it is not a positive number. */
export function cpuCount(text: string): number | undefined {
  const cpus = CPUS.test(text) ? Number(text) : 0;
  return cpus > 0 ? cpus : undefined;
}
