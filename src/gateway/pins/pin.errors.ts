import { DomainError } from '@app/kernel';

export class ToolPinStaleError extends DomainError {
  readonly code = 'tool_pin_stale';
  readonly kind = 'conflict';
  readonly title = 'This is not what waits for an approval';
  override readonly hint = 'Read the pins again and look at the change as it is now.';

  constructor(tool: string) {
    super(`The tool "${tool}" is not in quarantine with this content.`);
  }
}
