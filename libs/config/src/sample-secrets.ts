/** Words of which documents and tutorials make what stands where a secret belongs; longer ones before those they contain. */
const SAMPLE_WORDS =
  /correcthorsebatterystaple|administrator|placeholder|undefined|encryption|development|bootstrap|password|postgres|quayside|letmein|changeit|changeme|database|example|default|hunter2|replace|session|signing|testing|welcome|access|actual|apikey|change|client|foobar|master|passwd|qwerty|really|sample|secret|shared|static|abc123|admin|dummy|guest|redis|super|token|value|here|long|pass|root|test|text|this|user|very|your|api|app|dev|jwt|key|pwd|some|the|with|my|me|is|to|a/g;
/** What may be left of a sample: "secret123". Digits alone are no random text either. */
const LEFT_OVER_DIGITS = /^\d*$/;
/** "change-me-to-a-long-random-text", "<put your key here>", "${JWT_SECRET}", "…" */
const INSTRUCTIONS =
  /change[-_ ]?(me|this|it)|replace[-_ ]?(me|this|with)|^<.*>$|^\$\{?\w*\}?$|put[-_ ].*[-_ ]here|at[-_ ]least[-_ ]\d+|…/i;
/** Fewer different characters than this is a key that somebody leaned on. */
const FEWEST_DIFFERENT_CHARACTERS = 5;

/** True for what stands in documents, tutorials and templates, and for values that only look long. */
export function isSampleSecret(value: string): boolean {
  const plain = value.toLowerCase().replaceAll(/[\s_\-.]/g, '');
  return (
    new Set(plain).size < FEWEST_DIFFERENT_CHARACTERS ||
    INSTRUCTIONS.test(value.trim()) ||
    LEFT_OVER_DIGITS.test(plain.replaceAll(SAMPLE_WORDS, ''))
  );
}
