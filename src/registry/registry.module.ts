import { Module } from '@nestjs/common';
import { DefinitionsModule } from '../catalog';
import { AccessModule } from '../identity';
import { HealthModule } from '../observability';
import { SettingsModule } from '../settings';
import { Documents } from './documents/documents';
import { DocumentsController } from './http/documents.controller';
import { PublicationsController } from './http/publications.controller';
import { PublishedController } from './http/published.controller';
import { RegistryController } from './http/registry.controller';
import { MirrorRows } from './mirror/mirror-rows';
import { MirrorSchedule } from './mirror/mirror-schedule';
import { RegistryBrowser } from './mirror/registry-browser';
import { RegistryClient } from './mirror/registry-client';
import { RegistryMirror } from './mirror/registry-mirror';
import { Publications } from './publication/publications';
import { OpenRegistry } from './serving/open-registry';
import { PublishedRegistry } from './serving/published-registry';
import { PublishedServers } from './serving/published-servers';

/** The copy of another registry: the api asks for it on demand, a worker every hour. */
@Module({
  imports: [SettingsModule],
  providers: [MirrorRows, RegistryClient, RegistryMirror],
  exports: [MirrorRows, RegistryMirror],
})
class MirrorModule {}

/** The root provides `RegistryOptions`. */
@Module({
  imports: [AccessModule, DefinitionsModule, HealthModule, MirrorModule, SettingsModule],
  controllers: [PublishedController, RegistryController, PublicationsController, DocumentsController],
  providers: [
    ...[PublishedServers, PublishedRegistry, OpenRegistry, Publications],
    ...[RegistryBrowser, Documents],
  ],
})
export class RegistryApiModule {}

@Module({ imports: [MirrorModule], providers: [MirrorSchedule] })
export class RegistryWorkerModule {}
