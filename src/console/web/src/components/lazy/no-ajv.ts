/** Stands where a form library would load a validator that compiles code (see vite.config.ts). Nobody may call it. */
const refused = (): never => {
  throw new Error('Schemas are checked by the validator of schema-form, never by compiled code.');
};

export default refused;
export const customizeValidator = refused;
