export { BUNDLED, bundledEntry, packageProgram, type BundledEntry, type BundledRun } from './bundled';
