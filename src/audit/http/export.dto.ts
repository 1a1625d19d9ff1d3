import { ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { EXPORT_FORMATS, type ExportFormat } from '../export/export-format';
import { ListAuditDto } from './audit.dto';

/** The filters of the list; an export has no pages. */
export class ExportAuditDto extends OmitType(ListAuditDto, ['limit', 'cursor'] as const) {
  @ApiPropertyOptional({
    description: 'ndjson: one CloudEvents envelope per line. csv: one row per line, for a spreadsheet.',
    example: 'ndjson',
    enum: EXPORT_FORMATS,
    default: 'ndjson',
  })
  @IsOptional()
  @IsIn(EXPORT_FORMATS)
  readonly format: ExportFormat = 'ndjson';
}
