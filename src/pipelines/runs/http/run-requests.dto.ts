import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsEmail,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  IsUrl,
  Matches,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IfSent, ListQuery } from '@app/http';
import { type JsonObject } from '@app/kernel';
import { RUN_STATUSES } from '../../engine/run-state';

const URL_MAX = 2_048;
const EMAIL_MAX = 254;
const COMMENT_MAX = 2_000;
const STAGE = /^[A-Za-z0-9][A-Za-z0-9:_-]{0,79}$/;

export class RunNotificationDto {
  @ApiPropertyOptional({
    description: 'Told by a signed request when the run ends, or needs somebody.',
    example: 'https://example.com/webhook',
    maxLength: URL_MAX,
  })
  @IfSent()
  @MaxLength(URL_MAX)
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  readonly webhook?: string;

  @ApiPropertyOptional({
    description: 'Told by e-mail.',
    example: 'admin@example.com',
    maxLength: EMAIL_MAX,
  })
  @IfSent()
  @MaxLength(EMAIL_MAX)
  @IsEmail()
  readonly email?: string;
}

export class ExecuteDto {
  @ApiPropertyOptional({
    description: 'What the run works on; stages see it as ${input.…}. 256 KiB at most.',
    example: { source: 's3://bucket/input-data', format: 'json' },
    type: 'object',
    additionalProperties: true,
    default: {},
  })
  @IfSent()
  @IsObject()
  readonly input_data?: JsonObject;

  @ApiPropertyOptional({
    description: 'How it works; stages see them as ${parameters.…}. 256 KiB at most.',
    example: { batch_size: 1000, parallel_workers: 4 },
    type: 'object',
    additionalProperties: true,
    default: {},
  })
  @IfSent()
  @IsObject()
  readonly parameters?: JsonObject;

  @ApiPropertyOptional({ description: 'Who is told.', type: RunNotificationDto })
  @IfSent()
  @ValidateNested()
  @Type(() => RunNotificationDto)
  readonly notification?: RunNotificationDto;

  @ApiPropertyOptional({
    description: 'The version to run; absent: the newest.',
    example: 1,
    minimum: 1,
    type: 'integer',
  })
  @IfSent()
  @IsInt()
  @Min(1)
  readonly version?: number;
}

export class RerunDto {
  @ApiPropertyOptional({
    description:
      'Index or name of the stage to begin with; what came before is taken over. Absent: all of it.',
    example: 'analysis',
    oneOf: [{ type: 'integer' }, { type: 'string' }],
  })
  @IfSent()
  @Type(() => String)
  @IsString()
  @Matches(STAGE, { message: 'from_stage must be the index or the name of a stage' })
  readonly from_stage?: string;

  @ApiPropertyOptional({
    description: 'Instead of what the earlier run was given.',
    example: { source: 's3://bucket/other-data' },
    type: 'object',
    additionalProperties: true,
  })
  @IfSent()
  @IsObject()
  readonly input?: JsonObject;

  @ApiPropertyOptional({
    description: 'Instead of the parameters of the earlier run.',
    example: { batch_size: 500 },
    type: 'object',
    additionalProperties: true,
  })
  @IfSent()
  @IsObject()
  readonly parameters?: JsonObject;
}

export class StageDecisionDto {
  @ApiPropertyOptional({
    description: 'Why, for everybody who looks at the run.',
    example: 'Checked the sample by hand.',
    maxLength: COMMENT_MAX,
    default: '',
  })
  @IfSent()
  @IsString()
  @MaxLength(COMMENT_MAX)
  readonly comment?: string;
}

export class CancelRunDto {
  @ApiPropertyOptional({
    description: 'Why, for everybody who looks at the run.',
    example: 'The input was wrong.',
    maxLength: COMMENT_MAX,
  })
  @IfSent()
  @IsString()
  @MaxLength(COMMENT_MAX)
  readonly reason?: string;
}

export class RunListQuery extends ListQuery {
  @ApiPropertyOptional({
    description: 'Runs with this status only.',
    enum: [...RUN_STATUSES],
    example: 'failed',
  })
  @IfSent()
  @IsIn(RUN_STATUSES)
  readonly status?: string;
}

export class StagePathDto {
  @ApiProperty({ description: 'Id of the run.', example: '5a1f1f0e-2f0e-4c7e-9f53-6c8f1a2b3c4d' })
  @IsString()
  readonly id!: string;

  @ApiProperty({ description: 'Index of the stage, counted from 0, or its name.', example: '3' })
  @IsString()
  @Matches(STAGE, { message: 'stage must be the index or the name of a stage' })
  readonly stage!: string;
}
