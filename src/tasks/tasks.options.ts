/** What the roots decide about tasks. */
export class TasksOptions {
  constructor(
    /** Tasks that run at once, in the whole installation. */
    readonly maxConcurrentTasks: number,
    /** How long a task may run that does not say so itself. */
    readonly defaultTimeoutS: number,
    /** Without a slash at its end: agents that were pushed to answer there. */
    readonly publicUrl: string,
  ) {}
}
