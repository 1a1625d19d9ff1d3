/** Where programs are looked for. Not a setting of ours, but the environment is read in this library only. */
export const systemPath = (): string => process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
