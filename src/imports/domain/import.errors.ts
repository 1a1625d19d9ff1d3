import { DomainError } from '@app/kernel';

/** Nothing in the text could be taken for a server. */
export class ImportUnreadableError extends DomainError {
  readonly code = 'import_unreadable';
  readonly kind = 'invalid';
  readonly title = 'The text describes no server that is known here';
  override readonly hint =
    'Paste an image, a docker run, npx or uvx line, an address, or the configuration of an MCP client.';
  constructor(detail: string) {
    super(detail, { errors: [{ pointer: '/content', code: 'unreadable', detail }] });
  }
}

export class ImportNotFoundError extends DomainError {
  readonly code = 'import_not_found';
  readonly kind = 'not_found';
  readonly title = 'There is no such import';
  override readonly hint = 'Plans that are not committed end after an hour; read the text again.';
  constructor() {
    super('You have made no import of this id, or it is over.');
  }
}

/** A plan is committed once; what came of it is on the plan. */
export class ImportNotPlannedError extends DomainError {
  readonly code = 'import_not_planned';
  readonly kind = 'conflict';
  readonly title = 'The import is not waiting to be committed';
  override readonly hint = 'Read it with GET; to import the same text again, make a new plan.';
  constructor(status: string) {
    super(`The import is ${status}.`);
  }
}

export class ImportItemUnknownError extends DomainError {
  readonly code = 'import_item_unknown';
  readonly kind = 'invalid';
  readonly title = 'The plan has no such item';
  override readonly hint = 'Name items as the plan does.';
  constructor(names: readonly string[]) {
    const detail = 'no item of the plan has this name';
    super(`The plan has no item named ${names.map((name) => `"${name.slice(0, 63)}"`).join(', ')}.`, {
      errors: names.map(() => ({ pointer: '/include', code: 'unknown', detail })),
    });
  }
}
