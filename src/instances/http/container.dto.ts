import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsInt,
  IsNotIn,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { NAME_PATTERN } from '@app/kernel';
import { NAME_MESSAGE, RESERVED } from './create-instance.dto';

export class CreateContainerDto {
  @ApiProperty({ description: 'Unique among live instances.', example: 'my-service' })
  @Matches(NAME_PATTERN, { message: NAME_MESSAGE })
  @IsNotIn(RESERVED, { message: 'service_name is a word that has a meaning in our paths' })
  readonly service_name!: string;

  @ApiProperty({ description: 'Name of a published template.', example: 'echo' })
  @IsString()
  @MaxLength(63)
  readonly template!: string;

  @ApiPropertyOptional({
    description: 'Variables.',
    type: 'object',
    additionalProperties: { type: 'string' },
    example: {},
  })
  @IsOptional()
  @IsObject()
  readonly environment?: Record<string, unknown>;

  @ApiPropertyOptional({ description: 'Port inside the container.', example: 8000, type: 'integer' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(65_535)
  readonly port?: number;

  @ApiPropertyOptional({
    description: 'Limits.',
    type: 'object',
    additionalProperties: true,
    example: { memory_limit: '256m' },
  })
  @IsOptional()
  @IsObject()
  readonly resources?: Record<string, unknown>;
}

export class ContainerServiceDto {
  @ApiProperty({ description: 'Name.', example: 'my-service' })
  readonly service_name!: string;
  @ApiPropertyOptional({
    description: 'Id given by the engine, once there is a container.',
    example: '3f2a9c5d1b7e',
  })
  readonly container_id?: string;
  @ApiProperty({ description: 'What it is doing.', example: 'requested' })
  readonly status!: string;
  @ApiProperty({
    description: 'Why, in one sentence.',
    example: 'Accepted; the provisioner has not looked at it yet.',
  })
  readonly reason!: string;
  @ApiProperty({ description: 'Where its MCP endpoint is.', example: '/servers/my-service/mcp' })
  readonly url!: string;
  @ApiProperty({ description: 'Port inside the container.', example: 8000, nullable: true, type: 'integer' })
  readonly port!: number | null;
  @ApiPropertyOptional({
    description: 'The operation that carries out this change.',
    example: '0f8c3f5e-6c1f-4c5b-9b6e-2b8f6f0f6f52',
  })
  readonly operation_id?: string;
}
