/**
 * Which live instances refer to the secret `s`: every text in their specification that is its reference, with or without
 * a version. The view is the published face of the instances' table.
 */
export const USERS_OF_SECRET = `
  SELECT DISTINCT d.name FROM desired_instances d,
         jsonb_path_query(d.spec, '$.** ? (@ starts with "secret_ref:")') AS used
   WHERE d.workspace_id = s.workspace_id
     AND split_part(used #>> '{}', '@', 1) = 'secret_ref:' || s.scope || ':' || s.name`;

/** A refusal or a list names this many users; the rest is implied. */
export const USERS_NAMED_MAX = 10;
