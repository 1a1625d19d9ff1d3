import { Injectable } from '@nestjs/common';
import { type KeysetPosition, type Page } from '@app/kernel';
import { type SecretMetadata } from './domain/secret-metadata';
import { SecretRows } from './persistence/secret-rows';

/** What may be known of secrets: everything but their values. */
@Injectable()
export class SecretQueries {
  constructor(private readonly rows: SecretRows) {}

  list(after: KeysetPosition | undefined, limit: number, scope?: string): Promise<Page<SecretMetadata>> {
    return this.rows.list(after, limit, scope);
  }
}
