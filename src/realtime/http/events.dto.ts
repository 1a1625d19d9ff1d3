import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, IsString, MaxLength, Min } from 'class-validator';
import { FILTERS, type Subscription } from '../domain/subscription';
import { type Topic, TOPICS } from '../domain/topics';
import { type Shape } from '../feed/wire';

const VALUES_MAX = 50;
const VALUE_MAX_CHARACTERS = 200;

const words = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? value.split(',') : value;

/** A filter: one value, or several with commas between them. */
function Values(description: string, example: string): PropertyDecorator {
  const decorators = [
    ApiPropertyOptional({
      description: `${description} Several are separated by commas.`,
      example,
      type: String,
    }),
    IsOptional(),
    Transform(words),
    IsArray(),
    ArrayMaxSize(VALUES_MAX),
    IsString({ each: true }),
    MaxLength(VALUE_MAX_CHARACTERS, { each: true }),
  ];
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}

export class EventsQuery {
  @ApiPropertyOptional({
    description: 'Only these, separated by commas; without it whatever the caller may see.',
    example: 'tasks,agents',
    type: String,
  })
  @IsOptional()
  @Transform(words)
  @IsArray()
  @IsIn(TOPICS, { each: true, message: `topics must be of ${TOPICS.join(', ')}` })
  readonly topics?: Topic[];

  @ApiPropertyOptional({
    description: 'Begins after the event with this number. The header Last-Event-ID stands above it.',
    example: 41_200,
    type: Number,
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  readonly since?: number;

  @ApiPropertyOptional({
    description: 'flat: the frames of the WebSocket. cloudevents: CloudEvents 1.0 envelopes.',
    example: 'flat',
    enum: ['flat', 'cloudevents'],
    default: 'flat',
  })
  @IsOptional()
  @IsIn(['flat', 'cloudevents'])
  readonly format: Shape = 'flat';

  @Values('Events of these tasks.', '0192f0c1-6d1e-7c5a-9c1b-2f6f4a1d9e10')
  readonly task_id?: string[];

  @Values('Events of these runs of pipelines.', '0192f0c1-6d1e-7c5a-9c1b-2f6f4a1d9e11')
  readonly run_id?: string[];

  @Values('Events of these pipelines.', '0192f0c1-6d1e-7c5a-9c1b-2f6f4a1d9e12')
  readonly pipeline_id?: string[];

  @Values('Events of these agents, and of tasks that they have.', '0192f0c1-6d1e-7c5a-9c1b-2f6f4a1d9e13')
  readonly agent_id?: string[];

  @Values('Events of these instances, by id or name.', 'docs-search')
  readonly instance?: string[];

  @Values('Events that say one of these statuses.', 'failed')
  readonly status?: string[];

  @Values('Events of these names.', 'task.failed')
  readonly event?: string[];

  @Values('Frames of these types.', 'task_update')
  readonly type?: string[];
}

export const subscriptionOf = (query: EventsQuery): Subscription => ({
  ...(query.topics === undefined ? {} : { topics: new Set(query.topics) }),
  filter: new Map(
    FILTERS.flatMap((name) => {
      const values = query[name];
      return values === undefined ? [] : [[name, new Set(values)] as const];
    }),
  ),
});
