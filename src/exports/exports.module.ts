import { Module } from '@nestjs/common';
import { ExportController } from './http/export.controller';
import { ManifestRows } from './persistence/manifest-rows';
import { Exports } from './queries/exports';

@Module({ controllers: [ExportController], providers: [ManifestRows, Exports] })
export class ExportsApiModule {}
