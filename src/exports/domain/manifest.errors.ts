import { DomainError } from '@app/kernel';

export class ManifestUnreadableError extends DomainError {
  readonly code = 'manifest_unreadable';
  readonly kind = 'invalid';
  readonly title = 'The text is no declaration that can be read here';
  override readonly hint = 'Begin with what GET /api/v1/export answers.';
  constructor(detail: string) {
    super(detail, { errors: [{ pointer: '/content', code: 'unreadable', detail }] });
  }
}
