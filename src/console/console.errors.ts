import { DomainError } from '@app/kernel';

/** The server runs from sources, or from a package that lacks a part. */
export class ConsoleNotBuiltError extends DomainError {
  readonly code = 'console_not_built';
  readonly kind = 'unavailable';
  readonly title = 'The console is not part of this installation';
  override readonly hint = 'Run "npm run build", or use a released package; the API works without it.';

  constructor(options?: ErrorOptions) {
    super('The files of the web console are not where the server looks for them.', options);
  }
}
