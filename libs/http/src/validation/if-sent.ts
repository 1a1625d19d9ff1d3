import { ValidateIf } from 'class-validator';

/** May be left out, and may not be null: null is no list, no map and no yes or no. */
export const IfSent = (): PropertyDecorator => ValidateIf((_body, value) => value !== undefined);
