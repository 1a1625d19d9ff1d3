export { evaluate } from './evaluate';
export { type Expression, referencesIn } from './expression';
export { type StageOutcome, type TemplateData } from './look-up';
export { EXPRESSION_MAX_LENGTH, parseExpression } from './parse-expression';
export { type Reference } from './reference';
export { partsOf, referencesOf, resolve, RESOLVED_MAX_BYTES, textsOf } from './template';
export { TemplateError, type TemplateFault, TemplateSyntaxError } from './template-errors';
