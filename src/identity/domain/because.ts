import { type Resource } from './grant';
import { isRole, ROLE_PERMISSIONS } from './permissions';
import { type Verdict } from './verdict';

/** As much of a principal as sentences need. */
interface Caller {
  readonly kind: string;
  readonly role: string;
  readonly keyId?: string;
}

interface About {
  readonly principal: Caller | undefined;
  readonly permission: string;
  readonly resource: Resource | undefined;
}

/** The decision in sentences, for whoever asks why. */
export function becauseOf(verdict: Verdict, about: About): readonly string[] {
  const { principal, resource } = about;
  if (principal === undefined) return ['Nobody is signed in.'];
  const held = heldSentence(principal, about.permission, verdict);
  if (resource === undefined) return [held];
  const sentence = resourceSentence(verdict, resource, about.permission);
  return sentence === undefined ? [held] : [held, sentence];
}

function heldSentence({ role, keyId }: Caller, permission: string, verdict: Verdict): string {
  if (verdict === 'of_installation')
    return `${permission} concerns the whole installation, which is administered in the first workspace.`;
  if (roleHolds(role, permission)) {
    return verdict === 'not_held'
      ? `The role ${role} holds ${permission}, but the scopes of this credential leave it out.`
      : `The role ${role} holds ${permission}${keyId === undefined ? '' : ', and the key does not leave it out'}.`;
  }
  return verdict === 'not_held'
    ? `The role ${role} does not hold ${permission}.`
    : `The credential holds ${permission}.`;
}

function roleHolds(role: string, permission: string): boolean {
  const held: readonly string[] | 'all' = isRole(role) ? ROLE_PERMISSIONS[role] : [];
  return held === 'all' || held.includes(permission);
}

function resourceSentence(
  verdict: Verdict,
  { type, name, tool }: Resource,
  permission: string,
): string | undefined {
  const what = `${NOUNS[type]} "${name}"`;
  switch (verdict) {
    case 'open':
      return `There are no grants on the ${what}, so it is open to its workspace by role.`;
    case 'administers':
      return `There are grants on the ${what}; administrators of the workspace need none.`;
    case 'granted':
      return `A grant on the ${what} gives it to this caller.`;
    case 'not_in_grant':
      return `The grants on the ${what} for this caller do not hold ${permission}.`;
    case 'tool_not_granted':
      return `No grant on the ${what} for this caller covers the tool "${tool ?? ''}".`;
    case 'outside_key':
      return `The key was not issued for the ${what}.`;
    case 'elsewhere':
    case 'not_granted':
      return `There is no ${what} that this caller may use.`;
    default:
      return undefined;
  }
}

const NOUNS = { instances: 'instance', endpoints: 'endpoint', pipelines: 'pipeline' } as const;
