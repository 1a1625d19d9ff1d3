/** Stands where the editor would load a checker of texts (see vite.config.ts): nothing here has one, so it has no keys either. */
export const lintKeymap: readonly [] = [];
