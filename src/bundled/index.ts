export { BUNDLED, bundledEntry, packageProgram, type BundledServer } from './bundled';
