/** The provider did not give what was asked for; `words` may be shown to everybody. */
export class ProviderFault extends Error {
  override readonly name = 'ProviderFault';
  constructor(
    readonly words: string,
    /** True where asking again later may help: it counts for the circuit breaker. */
    readonly isOutage: boolean,
    options?: ErrorOptions,
  ) {
    super(words, options);
  }
}
