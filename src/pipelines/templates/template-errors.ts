/** The text of a template or condition is not in the grammar; found when the pipeline is saved. */
export class TemplateSyntaxError extends Error {
  override readonly name = 'TemplateSyntaxError';
}

export type TemplateFault = 'reference_missing' | 'template_too_large' | 'condition_undecidable';

/** The values of a run do not fit a template that is well written; it becomes the error of the stage. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';

  constructor(
    readonly code: TemplateFault,
    message: string,
  ) {
    super(message);
  }
}
