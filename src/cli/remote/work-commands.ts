import { type Command } from 'commander';
import { type CommandContext } from '../command-context';
import { workAsDemoAgent } from './demo-agent';
import { listAgents } from './listings';
import {
  cancelRun,
  execute,
  type ExecuteOptions,
  listPipelines,
  listRuns,
  showPipeline,
  showRun,
  watchRun,
} from './pipelines';
import {
  cancelTask,
  listTasks,
  retryTask,
  showTask,
  type SubmitOptions,
  submitTask,
  taskLogs,
} from './tasks';

const collected = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Agents and what they do. */
export function addWorkCommands(program: Command, context: CommandContext): void {
  addTasks(program, context);
  addPipelines(program, context);
  addRuns(program, context);
  const agents = program.command('agents').description('who does the work');
  agents
    .command('list', { isDefault: true })
    .description('agents, and how busy they are')
    .action(context.act(() => listAgents(context.session)));
  agents
    .command('demo')
    .description('be the demo agent, which does the six-stage template, until Ctrl-C')
    .action(context.act(() => workAsDemoAgent(context.session)));
}

function addTasks(program: Command, { session, act }: CommandContext): void {
  const tasks = program.command('tasks').description('work for agents');
  tasks
    .command('list', { isDefault: true })
    .description('tasks, newest first')
    .option('--status <status>', 'only those in this state')
    .option('--type <type>', 'only those of this type')
    .action(act((options: { status?: string; type?: string }) => listTasks(session, options)));
  tasks
    .command('submit <type>')
    .description('hand in a task')
    .option('--payload <json>', 'what it is about, or - for standard input', '{}')
    .option('--priority <priority>', 'high, medium or low')
    .option('--capability <name>', 'what its agent must be able to do', collected)
    .action(act((type: string, options: SubmitOptions) => submitTask(session, type, options)));
  const one = (name: string, words: string, work: (id: string) => Promise<void>): void => {
    tasks.command(`${name} <id>`).description(words).action(act(work));
  };
  one('get', 'one task, and what it waits for', (id) => showTask(session, id));
  one('logs', 'what its agent wrote', (id) => taskLogs(session, id));
  one('cancel', 'end a task', (id) => cancelTask(session, id));
  one('retry', 'hand a task in again', (id) => retryTask(session, id));
}

function addPipelines(program: Command, { session, act }: CommandContext): void {
  const pipelines = program.command('pipelines').description('work in stages');
  pipelines
    .command('list', { isDefault: true })
    .description('every pipeline')
    .action(act(() => listPipelines(session)));
  pipelines
    .command('get <pipeline>')
    .description('one pipeline, by id or name')
    .action(act((pipeline: string) => showPipeline(session, pipeline)));
  pipelines
    .command('run <pipeline>')
    .description('start a run, and watch it to its end')
    .option('--input <json>', 'its input, or - for standard input')
    .option('--param <name=value>', 'a parameter', collected)
    .option('--no-wait', 'do not watch it')
    .action(act((pipeline: string, options: ExecuteOptions) => execute(session, pipeline, options)));
}

function addRuns(program: Command, { session, act }: CommandContext): void {
  const runs = program.command('runs').description('runs of pipelines');
  runs
    .command('list', { isDefault: true })
    .description('runs, newest first')
    .option('--status <status>', 'only those in this state')
    .action(act((options: { status?: string }) => listRuns(session, options)));
  const one = (name: string, words: string, work: (id: string) => Promise<void>): void => {
    runs.command(`${name} <id>`).description(words).action(act(work));
  };
  one('get', 'one run, stage by stage', (id) => showRun(session, id));
  one('watch', 'follow a run to its end', (id) => watchRun(session, id));
  one('cancel', 'end a run', (id) => cancelRun(session, id));
}
