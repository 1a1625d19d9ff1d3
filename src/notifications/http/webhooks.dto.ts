import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsString, MaxLength } from 'class-validator';
import { IfSent } from '@app/http';
import { NOTIFIABLE_EVENTS, RUN_EVENTS } from '../domain/notifiable';
import { type FreshSecret } from '../endpoints/signing-secrets';
import { type Webhook, type WebhookContent } from '../domain/webhook';

const URL_MAX = 2_048;
const TEXT_MAX = 500;
const FILTER_MAX = 100;
export const FILTERS_MAX = 30;

export const URL_FIELD = {
  description: 'Where messages are posted. Judged by the outbound policy now and at each connection.',
  example: 'https://hooks.example.com/quayside',
  maxLength: URL_MAX,
} as const;
export const EVENTS_FIELD = {
  description: `Names of events, beginnings such as pipeline.run.*, or *. There are ${NOTIFIABLE_EVENTS.join(', ')}.`,
  example: ['pipeline.run.*', 'pipeline.stage.waiting_approval'],
  type: [String] as [StringConstructor],
  minItems: 1,
  maxItems: FILTERS_MAX,
};
export const DESCRIPTION_FIELD = {
  description: 'For people.',
  example: 'Tells the chat of the data team.',
  maxLength: TEXT_MAX,
} as const;

/** What may be left out, of a new one too. */
class WebhookFieldsDto {
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

  @ApiPropertyOptional({
    description: 'Whether anything is sent. Switched off, what waits is given up.',
    example: true,
  })
  @IfSent()
  @IsBoolean()
  readonly enabled?: boolean;
}

export class UpdateWebhookDto extends WebhookFieldsDto {
  @ApiPropertyOptional(URL_FIELD)
  @IfSent()
  @IsString()
  @MaxLength(URL_MAX)
  readonly url?: string;
}

export class CreateWebhookDto extends WebhookFieldsDto {
  @ApiProperty(URL_FIELD)
  @IsString()
  @MaxLength(URL_MAX)
  readonly url!: string;
}

export class WebhookDto {
  @ApiProperty({ description: 'Its id.', example: '0b9a7c52-6c1e-4a6e-9f39-5d2f6f6a9c11' })
  readonly id!: string;

  @ApiProperty(URL_FIELD)
  readonly url!: string;

  @ApiProperty(EVENTS_FIELD)
  readonly events!: readonly string[];

  @ApiProperty(DESCRIPTION_FIELD)
  readonly description!: string;

  @ApiProperty({ description: 'Whether anything is sent.', example: true })
  readonly enabled!: boolean;

  @ApiProperty({
    description: 'Why we switched it off: failing (for three days) or gone (its receiver answered 410).',
    example: null,
    type: String,
    nullable: true,
  })
  readonly disabled_reason!: string | null;

  @ApiProperty({
    description: 'How its address fares: open, or closed for a while after failures in a row.',
    example: 'open',
    enum: ['open', 'closed'],
  })
  readonly state!: string;

  @ApiProperty({ description: 'Failures in a row.', example: 0, type: 'integer' })
  readonly failures!: number;

  @ApiProperty({
    description: 'Since when it has not answered well.',
    example: null,
    format: 'date-time',
    type: String,
    nullable: true,
  })
  readonly failing_since!: string | null;

  @ApiProperty({ description: 'When it was made.', example: '2026-11-22T02:15:00.000Z', format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty({ description: 'When it changed.', example: '2026-11-22T02:15:00.000Z', format: 'date-time' })
  readonly updated_at!: string;
}

const SECRET_FIELD = {
  description: 'Signs every message, as Standard Webhooks has it. Shown this once.',
  example: 'whsec_bm90IGEgc2VjcmV0LCBhbiBleGFtcGxlIG9mIG9uZSE=',
} as const;

export class NewWebhookDto extends WebhookDto {
  @ApiProperty(SECRET_FIELD)
  readonly secret!: string;
}

export class WebhookListDto {
  @ApiProperty({ description: 'All of the workspace, the newest first.', type: [WebhookDto], example: [] })
  readonly webhooks!: readonly WebhookDto[];
}

export class NewSecretDto {
  @ApiProperty(SECRET_FIELD)
  readonly secret!: string;

  @ApiProperty({
    description: 'Until then the secret before signs too; null: there was none.',
    example: '2026-11-23T02:15:00.000Z',
    format: 'date-time',
    type: String,
    nullable: true,
  })
  readonly previous_valid_until!: string | null;
}

export const toWebhookContent = ({
  url,
  events = RUN_EVENTS,
  description = '',
  enabled = true,
}: CreateWebhookDto): WebhookContent => ({ url, events, description, enabled });

/** Only what was sent. */
export const toWebhookChange = (dto: UpdateWebhookDto): Partial<WebhookContent> =>
  Object.fromEntries(Object.entries(dto).filter(([, value]) => value !== undefined && value !== null));

export const presentWebhook = (row: Webhook): Pick<WebhookDto, keyof WebhookDto> => ({
  ...{ id: row.id, url: row.url, events: row.events, description: row.description, enabled: row.enabled },
  disabled_reason: row.disabledReason === '' ? null : row.disabledReason,
  state: row.closedUntil !== null && row.closedUntil.getTime() > Date.now() ? 'closed' : 'open',
  failures: row.failures,
  failing_since: row.failingSince?.toISOString() ?? null,
  ...{ created_at: row.createdAt.toISOString(), updated_at: row.updatedAt.toISOString() },
});

export const presentSecret = ({ secret, previousUntil }: FreshSecret): NewSecretDto => ({
  secret,
  previous_valid_until: previousUntil?.toISOString() ?? null,
});
