export { Bell } from './bell';
export { type AppendEntry, appending } from './append-each';
export { type State } from './change';
export { EventAppender, type AppendOptions } from './event-appender';
export { type EventReaction } from './event-reaction';
export { LeadHearing, type LeadHearingOptions } from './lead-hearing';
export { LookOut, type LookOutOptions } from './look-out';
export { OutboxRelay, type OutboxRelayOptions, type OutboxRelayState } from './outbox-relay';
export { type RecordedEvent } from './recorded-event';
