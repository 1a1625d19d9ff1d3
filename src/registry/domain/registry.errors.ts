import { DomainError } from '@app/kernel';

export class RegistryOffError extends DomainError {
  readonly code = 'registry_off';
  readonly kind = 'not_found';
  readonly title = 'The registry is switched off here';
  override readonly hint = 'Let an administrator change the setting registry_access.';
  constructor() {
    super('This installation serves no registry.');
  }
}

export class RegistryServerUnknownError extends DomainError {
  readonly code = 'registry_server_unknown';
  readonly kind = 'not_found';
  readonly title = 'The registry has no such server';
  override readonly hint = 'List the servers, and write the slash of a name as %2F.';
  constructor(name: string) {
    super(`There is no server named "${name.slice(0, 200)}" that runs and that you may see.`);
  }
}

export class RegistryVersionUnknownError extends DomainError {
  readonly code = 'registry_version_unknown';
  readonly kind = 'not_found';
  readonly title = 'The server has no such version';
  override readonly hint = 'Ask for "latest": only what runs now is kept.';
  constructor(version: string) {
    super(`Version "${version.slice(0, 100)}" does not run.`);
  }
}

/** Of another registry, in the copy that is kept here. */
export class RegistryEntryUnknownError extends DomainError {
  readonly code = 'registry_entry_unknown';
  readonly kind = 'not_found';
  readonly title = 'The copy of the registry has no such server';
  override readonly hint = 'Search GET /api/v1/registry/entries, or refresh the copy.';
  constructor(name: string) {
    super(`No server named "${name.slice(0, 200)}" was seen in the registry.`);
  }
}

export class RegistryNotConfiguredError extends DomainError {
  readonly code = 'registry_not_configured';
  readonly kind = 'conflict';
  readonly title = 'No registry is named that could be asked';
  override readonly hint = 'Let an administrator set registry_url.';
  constructor() {
    super('The setting registry_url is empty.');
  }
}

export class ServerJsonImpossibleError extends DomainError {
  readonly code = 'server_json_impossible';
  readonly kind = 'conflict';
  readonly title = 'The definition cannot be written as server.json';
  override readonly hint = 'Share the installation’s own export instead.';
  constructor(name: string) {
    super(`"${name}" is neither an image nor an address: nobody else could run it.`);
  }
}
