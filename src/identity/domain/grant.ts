export const RESOURCE_TYPES = ['instances', 'endpoints', 'pipelines'] as const;
export type ResourceType = (typeof RESOURCE_TYPES)[number];

export const SUBJECT_KINDS = ['role', 'user', 'key'] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** Opens one resource to one subject, and by being there closes it to the others. */
export interface Grant {
  readonly resourceType: ResourceType;
  /** The id of an instance or pipeline, the name of an endpoint. */
  readonly resourceId: string;
  readonly subjectKind: SubjectKind;
  readonly subject: string;
  readonly permissions: readonly string[];
  /** Patterns of original names of tools; absent: every tool. */
  readonly tools?: readonly string[];
}

/** What a decision is about, when it is about one thing. */
export interface Resource {
  readonly type: ResourceType;
  readonly id: string;
  readonly name: string;
  readonly workspaceId: string;
  /** The original name of a tool of it. */
  readonly tool?: string;
  /** The endpoint by which a member of it is reached. */
  readonly through?: string;
}

/** What is said of one resource; nothing: it is open to its workspace. */
export type GrantsOf = (resource: Resource) => readonly Grant[];
