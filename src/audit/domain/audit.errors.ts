import { DomainError } from '@app/kernel';

export class AuditEntryUnknownError extends DomainError {
  readonly code = 'audit_entry_unknown';
  readonly kind = 'not_found';
  readonly title = 'There is no such entry in the trail';
  override readonly hint =
    'GET /api/v1/audit lists the entries. One about a call is found with its time: ?at= as the list prints it.';

  constructor() {
    super('There is no such entry in the trail.');
  }
}
