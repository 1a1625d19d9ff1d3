import { type EventReaction } from '@app/outbox';
import { carryWhatWasGiven, sayThatNobodyWantsIt } from './carry-what-was-given';

export const taskReactions: readonly EventReaction[] = [carryWhatWasGiven, sayThatNobodyWantsIt];
