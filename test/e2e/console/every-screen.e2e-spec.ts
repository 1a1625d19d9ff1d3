import { lookAtEveryScreen } from './support/every-screen';

lookAtEveryScreen('once');
