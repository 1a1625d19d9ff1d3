import { type HistoryEntry } from '../queries/instance-view';
import { type HistoryEntryDto } from './insight.dto';

export function presentHistoryEntry({ id, name, aliases, at, actor, data }: HistoryEntry): HistoryEntryDto {
  const { reason, generation } = data;
  return {
    id,
    name,
    aliases,
    at: at.toISOString(),
    actor,
    reason: typeof reason === 'string' ? reason : null,
    generation: typeof generation === 'number' ? generation : null,
    data,
  };
}
