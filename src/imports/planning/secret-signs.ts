import { looksLikeSecretReference } from '@app/contracts';

const SECRET_NAME =
  /(?:^|[^A-Z])(?:API_?KEYS?|KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PWD|PAT|CREDENTIALS?|AUTH|AUTHORIZATION|DSN|COOKIE|PRIVATE)(?:$|[^A-Z])|APIKEY|SECRET|TOKEN|PASSWORD/i;
const WORD_BETWEEN = /([a-z0-9])([A-Z])/g;
/** A name and a password in front of a host. */
const CREDENTIALS_IN_URL = /^[a-z][a-z0-9+.-]{1,20}:\/\/[^/\s:@]{0,200}:[^/\s@]{1,200}@/i;
const ENTROPY_LENGTH_MIN = 20;
/** Words and paths stay below it; what a generator made lies above. */
const ENTROPY_BITS_MIN = 3.6;

/** `apiKey`, `GITHUB_TOKEN`, `x-api-key`: names under which nobody keeps anything else. */
export const isSecretName = (name: string): boolean =>
  SECRET_NAME.test(name.replaceAll(WORD_BETWEEN, '$1_$2').toUpperCase());

/** A value that looks made by a generator, or that carries a password. */
export function isSecretValue(value: string): boolean {
  if (looksLikeSecretReference(value)) return false;
  if (CREDENTIALS_IN_URL.test(value)) return true;
  if (/^(?:sk|pk|ghp|gho|ghs|github_pat|glpat|xox[abprs]|AKIA|AIza|eyJ|hf|qs)[-_A-Za-z0-9]{16,}/.test(value))
    return true;
  return (
    value.length >= ENTROPY_LENGTH_MIN &&
    /^[A-Za-z0-9+/_=.-]+$/.test(value) &&
    /\d/.test(value) &&
    /[A-Za-z]/.test(value) &&
    !/^(?:\/|\.{1,2}\/|[A-Za-z]+[-./])/.test(value) &&
    entropyOf(value) >= ENTROPY_BITS_MIN
  );
}

function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const sign of text) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  return [...counts.values()].reduce(
    (bits, count) => bits - (count / text.length) * Math.log2(count / text.length),
    0,
  );
}

/** `${NAME}`, `<your key>`, `YOUR_API_KEY`: places where somebody has to write something. */
export const isPlaceholder = (value: string): boolean =>
  value === '' ||
  /\$\{[^}]{1,120}\}|\$[A-Z_][A-Z0-9_]*|\{\{[^}]{1,120}\}\}/.test(value) ||
  /^<[^>]{1,120}>$|^\[[^\]]{1,120}\]$|^(?:your|my|insert|replace|enter)[-_ ]|^x{3,}$|^\.{3}$|^change[-_]?me$/i.test(
    value,
  );
