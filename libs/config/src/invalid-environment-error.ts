import { DomainError } from '@app/kernel';

export interface EnvironmentFault {
  readonly name: string;
  readonly message: string;
}

/** Everything that is wrong with the environment at once, so that one look repairs it. Never a value of a secret. */
export class InvalidEnvironmentError extends DomainError {
  readonly code = 'invalid_environment';
  readonly kind = 'invalid';
  readonly title = 'The settings are not valid';
  override readonly hint =
    'Correct the settings named above and start again; .env.example describes each of them.';
  constructor(readonly faults: readonly EnvironmentFault[]) {
    super(['Invalid environment:', ...faults.map(({ name, message }) => `  ${name}: ${message}`)].join('\n'));
  }
}
