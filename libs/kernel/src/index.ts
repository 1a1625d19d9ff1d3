export { AggregateRoot } from './aggregate-root';
export { canonicalJson } from './canonical-json';
export { type Clock, systemClock } from './clock';
export {
  DomainError,
  type DomainErrorOptions,
  type ErrorFacts,
  type ErrorKind,
  type FieldProblem,
  type UpstreamLayer,
} from './domain-error';
export { type DomainEvent } from './domain-event';
export { derivedId, isUuid, newId, shortId } from './ids';
export { isSameJson, type JsonObject, type JsonValue } from './json';
export { isName, NAME_PATTERN, RESERVED_NAMES } from './names';
export { type KeysetPosition, type Page } from './page';
export { faultOfPattern, matchesPattern, PATTERN_MAX_LENGTH, PATTERN_MAX_STARS } from './patterns';
export { RecentReadings } from './recent-readings';
export { type TimeLimit, TimeLimits } from './time-limits';
export { DEFAULT_WORKSPACE_ID, type Scope } from './workspace';
