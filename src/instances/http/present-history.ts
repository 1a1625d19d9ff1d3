import { type HistoryEntry } from '../queries/instance-view';
import { type HistoryEntryDto } from './insight.dto';

export function presentHistoryEntry({ id, name, at, actor, data }: HistoryEntry): HistoryEntryDto {
  const { reason, generation } = data;
  return {
    id,
    name,
    at: at.toISOString(),
    actor,
    reason: typeof reason === 'string' ? reason : null,
    generation: typeof generation === 'number' ? generation : null,
    data,
  };
}
