import { type ImageReply } from '@app/contracts';
import { type Finding, found, passed, skipped } from './diagnosis';
import { changeImage, checkEngine, checkHealth, setVariable, start, storeSecret } from './fixes';
import { type EngineFacts, isOnItsWay, isServing, type Subject } from './subject';

/** What can be said from the records and the engine, before the server itself is asked. */

export function judgeWish(subject: Subject): Finding {
  const { desired, generation, status, reason } = subject;
  if (desired === 'running') return passed(`It is wanted running, in generation ${String(generation)}.`);
  const fix = desired === 'stopped' ? start(subject) : undefined;
  return found('instance_stopped', `It is wanted ${desired}.`, { fix, evidence: [`${status}: ${reason}`] });
}

export function judgeEnvironment(subject: Subject): Finding {
  const values = subject.spec.type === 'url' ? {} : (subject.spec.environment ?? {});
  const missing = subject.schema
    .filter(({ name, required }) => required === true && (values[name] ?? '') === '')
    .map(({ name }) => name);
  const [first] = missing;
  if (first === undefined) return passed('Every required variable has a value.');
  const detail = `${missing.join(', ')}: required, and without a value.`;
  return found('instance_env_missing', detail, { fix: setVariable(subject, first) });
}

export function judgeSecrets(missing: readonly string[], count: number): Finding {
  const [first] = missing;
  if (first === undefined)
    return passed(
      count === 0 ? 'It uses no secrets.' : `All ${String(count)} secret references lead somewhere.`,
    );
  const detail = `${missing.join(', ')}: no such secret is stored.`;
  return found('secret_unresolvable', detail, { fix: storeSecret(first) });
}

/** undefined: a remote server needs none. */
export function judgeEngine({ spec }: Subject, { inspected }: EngineFacts): Finding | undefined {
  if (spec.type === 'url') return undefined;
  if (inspected === undefined)
    return found('provisioner_silent', 'Nobody who holds the engine answers.', {
      fix: checkHealth(),
    });
  const { ok, detail } = inspected.engine;
  return ok ? passed(detail) : found('engine_unavailable', detail, { fix: checkEngine() });
}

/** undefined: it has no image of its own. */
export function judgeImage(subject: Subject, { image }: EngineFacts): Finding | undefined {
  const { spec } = subject;
  if (spec.type !== 'docker') return undefined;
  if (image === undefined) return skipped('Nobody who holds the container engine answers.');
  if (image.verdict === 'present' || isServing(subject)) return passed(`${spec.image} is there.`);
  return (
    absentImage(subject, image) ??
    (image.verdict === 'unknown' ? skipped(image.detail) : passed(image.detail))
  );
}

/** What the registry said to the last attempt is worth more than what it says to a question. */
function absentImage(subject: Subject, { verdict, detail }: ImageReply): Finding | undefined {
  const { spec, reason } = subject;
  const fix = spec.type === 'docker' ? changeImage(subject, spec.image) : undefined;
  const tells = tellsOfImage(reason);
  if (verdict === 'missing') return found('image_not_found', tells ? reason : detail, { fix });
  return tells && !isOnItsWay(subject) ? found('image_pull_failed', reason, { fix }) : undefined;
}

/** The words of the engine's own errors about images. */
const tellsOfImage = (reason: string): boolean =>
  /^The image ".*" (?:was not found|could not be pulled)/.test(reason);
