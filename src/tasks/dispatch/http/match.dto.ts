import { ApiProperty, ApiPropertyOptional, PickType } from '@nestjs/swagger';
import { SubmitTaskDto } from '../../http/submit-task.dto';
import { type JudgedAgent, type Judgement, type Verdict, VERDICTS } from '../matching/judgement';
import { WAITING_CODES, type WaitingCode } from '../matching/waiting-reason';

/** The members of a task that decide who may have it. */
export class MatchTaskDto extends PickType(SubmitTaskDto, [
  'type',
  'capabilities',
  'agent_id',
  'concurrency_key',
] as const) {}

export class WaitingForDto {
  @ApiProperty({ description: 'A word for programs.', enum: WAITING_CODES, example: 'agents_busy' })
  readonly code!: WaitingCode;
  @ApiProperty({ description: 'For people.', example: 'All 2 agents that could do it are busy.' })
  readonly sentence!: string;
}

export class ScorePartsDto {
  @ApiProperty({ description: 'How much room it has; counts 0.4.', example: 0.75 })
  readonly free!: number;
  @ApiProperty({ description: 'How little loaded it says it is; counts 0.3.', example: 0.4 })
  readonly load!: number;
  @ApiProperty({ description: 'How little of its newest work failed; counts 0.2.', example: 1 })
  readonly errors!: number;
  @ApiProperty({ description: 'How fast it took its newest tasks; counts 0.1.', example: 0.98 })
  readonly latency!: number;
}

export class JudgedAgentDto {
  @ApiProperty({ description: 'Its id.', example: '0b8f6f3e-6f0e-4f6b-9a51-0d3c64a0a001' })
  readonly agent_id!: string;
  @ApiProperty({ description: 'Its name.', example: 'data-processor' })
  readonly name!: string;
  @ApiProperty({ description: 'Its state.', example: 'active' })
  readonly status!: string;
  @ApiProperty({
    description:
      'chosen: it would get the task; able: it could, another one is better; all others say why not.',
    enum: VERDICTS,
    example: 'chosen',
  })
  readonly verdict!: Verdict;
  @ApiProperty({ description: 'Why, in one sentence.', example: 'It has the highest score.' })
  readonly reason!: string;
  @ApiProperty({ description: 'What it would have to be able to do.', type: [String], example: [] })
  readonly missing_capabilities!: readonly string[];
  @ApiProperty({ description: 'Tasks that it holds.', type: 'integer', example: 1 })
  readonly running_tasks!: number;
  @ApiProperty({ description: 'How many it takes at once.', type: 'integer', example: 4 })
  readonly max_tasks!: number;
  @ApiProperty({
    description: 'From 0 to 1; null: it may not do the task at all.',
    type: Number,
    nullable: true,
    example: 0.81,
  })
  readonly score!: number | null;
  @ApiPropertyOptional({
    description: 'What the score is made of, each the better the nearer to 1.',
    type: ScorePartsDto,
  })
  readonly score_parts?: ScorePartsDto;
}

export class MatchDto {
  @ApiProperty({
    description: 'The id of who would get it now; null: nobody.',
    type: String,
    nullable: true,
    example: '0b8f6f3e-6f0e-4f6b-9a51-0d3c64a0a001',
  })
  readonly agent_id!: string | null;
  @ApiPropertyOptional({ description: 'What it would wait for; absent: nothing.', type: WaitingForDto })
  readonly waiting_for?: WaitingForDto;
  @ApiProperty({
    description: 'Every agent of the workspace; who would get it first.',
    type: [JudgedAgentDto],
    example: [],
  })
  readonly agents!: readonly JudgedAgentDto[];
}

export const showJudgement = ({ waiting, agents }: Judgement): MatchDto => ({
  agent_id: agents.find(({ verdict }) => verdict === 'chosen')?.agent.id ?? null,
  ...(waiting === undefined ? {} : { waiting_for: { code: waiting.code, sentence: waiting.sentence } }),
  agents: agents.map(showJudged),
});

const showJudged = (judged: JudgedAgent): JudgedAgentDto => ({
  ...{ agent_id: judged.agent.id, name: judged.agent.name, status: judged.agent.status },
  ...{ verdict: judged.verdict, reason: reasonOf(judged), missing_capabilities: judged.missing },
  ...{ running_tasks: judged.agent.running, max_tasks: judged.agent.maxTasks },
  score: judged.scored?.score ?? null,
  ...(judged.scored === null ? {} : { score_parts: judged.scored.parts }),
});

const REASONS: Readonly<Record<Verdict, (judged: JudgedAgent) => string>> = {
  chosen: () => 'It has the highest score of those that are free.',
  able: () => 'It is free, but another one comes first or a limit holds the task back.',
  busy: ({ agent }) => `It holds ${agent.running} of the ${agent.maxTasks} tasks that it takes at once.`,
  not_asking: () => 'It could, but it is not asking for work at the moment.',
  closed: ({ agent }) =>
    `It is given nothing until ${new Date(agent.closedUntilMs ?? 0).toISOString()}: it asked to wait, or was not reached.`,
  draining: () => 'It is being drained, and gets nothing new.',
  lost: ({ agent }) =>
    agent.status === 'offline' ? 'It has ended.' : 'It has not been heard of for a whole term.',
  wrong_type: ({ agent }) => `It is of type ${agent.type}; what names no capabilities goes to workers only.`,
  other_agent_wanted: () => 'The task is meant for another agent only.',
  no_capability: ({ missing }) => `It cannot do ${missing.map((each) => `"${each}"`).join(', ')}.`,
};

const reasonOf = (judged: JudgedAgent): string => REASONS[judged.verdict](judged);
