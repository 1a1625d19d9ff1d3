import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsString, MaxLength } from 'class-validator';
import { IfSent } from '@app/http';
import { MAIL_ADDRESS_MAX } from '../domain/mail-address';
import { RUN_EVENTS } from '../domain/notifiable';
import { type Recipient, type RecipientContent } from '../domain/recipient';
import { DESCRIPTION_FIELD, EVENTS_FIELD, FILTERS_MAX } from './webhooks.dto';

const TEXT_MAX = 500;
const FILTER_MAX = 100;
const ADDRESS_FIELD = {
  description: 'A plain mail address, without a name.',
  example: 'ops@example.com',
  maxLength: MAIL_ADDRESS_MAX,
} as const;

/** What may be left out, of a new one too. */
class RecipientFieldsDto {
  @ApiPropertyOptional(EVENTS_FIELD)
  @IfSent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(FILTERS_MAX)
  @IsString({ each: true })
  @MaxLength(FILTER_MAX, { each: true })
  readonly events?: readonly string[];

  @ApiPropertyOptional(DESCRIPTION_FIELD)
  @IfSent()
  @IsString()
  @MaxLength(TEXT_MAX)
  readonly description?: string;

  @ApiPropertyOptional({ description: 'Whether anything is sent.', example: true })
  @IfSent()
  @IsBoolean()
  readonly enabled?: boolean;
}

export class UpdateRecipientDto extends RecipientFieldsDto {
  @ApiPropertyOptional(ADDRESS_FIELD)
  @IfSent()
  @IsString()
  @MaxLength(MAIL_ADDRESS_MAX)
  readonly address?: string;
}

export class AddRecipientDto extends RecipientFieldsDto {
  @ApiProperty(ADDRESS_FIELD)
  @IsString()
  @MaxLength(MAIL_ADDRESS_MAX)
  readonly address!: string;
}

export class RecipientDto {
  @ApiProperty({ description: 'Its id.', example: '5d0e2b1c-3f0a-4f7a-8a39-7d2b6c9e1f00' })
  readonly id!: string;

  @ApiProperty(ADDRESS_FIELD)
  readonly address!: string;

  @ApiProperty(EVENTS_FIELD)
  readonly events!: readonly string[];

  @ApiProperty(DESCRIPTION_FIELD)
  readonly description!: string;

  @ApiProperty({ description: 'Whether anything is sent.', example: true })
  readonly enabled!: boolean;

  @ApiProperty({ description: 'When it was made.', example: '2026-11-22T02:15:00.000Z', format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty({ description: 'When it changed.', example: '2026-11-22T02:15:00.000Z', format: 'date-time' })
  readonly updated_at!: string;
}

export class RecipientListDto {
  @ApiProperty({ description: 'All of the workspace, the newest first.', type: [RecipientDto], example: [] })
  readonly recipients!: readonly RecipientDto[];
}

export const toRecipientContent = ({
  address,
  events = RUN_EVENTS,
  description = '',
  enabled = true,
}: AddRecipientDto): RecipientContent => ({ address, events, description, enabled });

/** Only what was sent. */
export const toRecipientChange = (dto: UpdateRecipientDto): Partial<RecipientContent> =>
  Object.fromEntries(Object.entries(dto).filter(([, value]) => value !== undefined && value !== null));

export const presentRecipient = (row: Recipient): RecipientDto => ({
  ...{ id: row.id, address: row.address, events: row.events },
  ...{ description: row.description, enabled: row.enabled },
  ...{ created_at: row.createdAt.toISOString(), updated_at: row.updatedAt.toISOString() },
});
