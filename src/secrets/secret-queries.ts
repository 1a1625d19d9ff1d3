import { Injectable } from '@nestjs/common';
import { type KeysetPosition, type Page } from '@app/kernel';
import { SecretNotFoundError } from './domain/secret.errors';
import { type SecretMetadata, type SecretVersionMetadata } from './domain/secret-metadata';
import { SecretLists } from './persistence/secret-lists';
import { workspaceOfRequest } from './workspace-of-request';

/** What may be known of secrets: everything but their values. */
@Injectable()
export class SecretQueries {
  constructor(private readonly lists: SecretLists) {}

  list(
    after: KeysetPosition | undefined,
    limit: number,
    scope?: string,
    workspaceId = workspaceOfRequest(),
  ): Promise<Page<SecretMetadata>> {
    return this.lists.list(workspaceId, after, limit, scope);
  }

  async get(
    scope: string,
    name: string,
    workspaceId = workspaceOfRequest(),
  ): Promise<SecretMetadata & { readonly versions: readonly SecretVersionMetadata[] }> {
    const found = await this.lists.find(workspaceId, scope, name);
    if (found === undefined) throw new SecretNotFoundError(scope, name);
    return { ...found, versions: await this.lists.versions(workspaceId, found) };
  }
}
