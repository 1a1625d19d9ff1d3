import { type CallableRoute } from './route';

/** Routes never change once they are made, and neither do their parts. */
const PARTS = new WeakMap<CallableRoute, readonly CallableRoute[]>();

/** Each replica as a route of its own, so that who works with a route works with one server; of a lone server itself. */
export function replicasOf(route: CallableRoute): readonly CallableRoute[] {
  const known = PARTS.get(route);
  if (known !== undefined) return known;
  const parts = partsOf(route);
  PARTS.set(route, parts);
  return parts;
}

function partsOf(route: CallableRoute): readonly CallableRoute[] {
  // What is left of the report is the same whoever else serves, so that a replica keeps its connections when another goes.
  const { replicas, ...upstream } = route.upstream;
  if (replicas === undefined || replicas.length === 0) return [route];
  return replicas.map(({ replica, urls }) => ({ ...route, replica, upstream: { ...upstream, urls } }));
}
