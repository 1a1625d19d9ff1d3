// `npm run build`: always builds.
import { build, install, requireNode } from './prepare.mjs';

requireNode();
install();
build({ force: true });
