import { type ReactNode, useEffect } from 'react';
import { activityBoard } from '../data/activity-board';

/** What is rendered is on view, as long lists render only that: so its activity is wanted. */
export function Watched({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  useEffect(() => activityBoard.watch(id), [id]);
  return <>{children}</>;
}
