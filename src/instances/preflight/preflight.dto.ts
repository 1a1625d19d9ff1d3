import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { FieldProblemDto } from '@app/http';
import { type FieldProblem } from '@app/kernel';
import { PREFLIGHT_CHECKS, type PreflightCheckName, type PreflightStatus } from './preflight';

export class PreflightCheckDto {
  @ApiProperty({ description: 'What was looked at.', enum: PREFLIGHT_CHECKS, example: 'image' })
  readonly name!: PreflightCheckName;

  @ApiProperty({
    description: 'A warning does not stop a create.',
    enum: ['ok', 'warning', 'failed'],
    example: 'ok',
  })
  readonly status!: PreflightStatus;

  @ApiProperty({ description: 'What was found.', example: 'The engine has the image.' })
  readonly detail!: string;

  @ApiPropertyOptional({ description: 'Code of the problem behind it.', example: 'image_not_found' })
  readonly code?: string;

  @ApiPropertyOptional({
    description: 'Places of the request that are at fault.',
    type: [FieldProblemDto],
    example: [],
  })
  readonly errors?: readonly FieldProblem[];
}

export class PreflightDto {
  @ApiProperty({ description: 'Whether no check failed.', example: true })
  readonly ok!: boolean;

  @ApiProperty({
    description: 'In the order in which they were made.',
    type: [PreflightCheckDto],
    example: [{ name: 'image', status: 'ok', detail: 'The engine has the image.' }],
  })
  readonly checks!: readonly PreflightCheckDto[];
}
