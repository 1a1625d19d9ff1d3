/** Bounds of one definition; what is larger is refused by name. */
export const STAGES_MAX = 1_000;
export const DEPENDENCIES_MAX = 10_000;
export const STAGE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
export const STAGE_TYPE = /^[a-z0-9-]{1,64}$/;
export const DESCRIPTION_MAX = 2_000;
export const DEFINITION_MAX_BYTES = 1024 * 1024;

export const STAGE_TIMEOUT_MAX_S = 7 * 86_400;
export const STAGE_TIMEOUT_DEFAULT_S = 3_600;
/** People sleep, and have weekends. */
export const APPROVAL_TIMEOUT_DEFAULT_S = 7 * 86_400;
export const APPROVAL_TIMEOUT_MAX_S = 90 * 86_400;
export const RETRIES_MAX = 20;
export const RETRY_DELAY_MAX_S = 3_600;

export const CAPABILITIES_MAX = 20;
export const CAPABILITY = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/;
export const CONCURRENCY_KEY_MAX = 128;
export const APPROVERS_MAX = 50;
export const APPROVER = /^(role|user):[A-Za-z0-9][A-Za-z0-9_.@+-]{0,127}$/;
export const MESSAGE_MAX = 2_000;
export const REFERENCES_MAX = 1_000;
/** Pipelines inside pipelines, counted from the outermost. */
export const NESTING_MAX = 8;
