export { evaluate } from './evaluate';
export { type Expression, referencesIn } from './expression';
export { type StageOutcome, type TemplateData } from './look-up';
export { parseExpression } from './parse-expression';
export { type Reference } from './reference';
export { partsOf, referencesOf, resolve, textsOf } from './template';
export { TemplateError, TemplateSyntaxError } from './template-errors';
