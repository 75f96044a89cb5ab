import type { ParityGroup } from '../parityCase';
import { FAILURES } from './failures';
import { ITEMS } from './items';
import { REQUESTS } from './requests';
import { RESPONSES } from './responses';

export { INTENDED_DIFFERENCES } from './differences';

/** All that is compared. */
export const GROUPS: ParityGroup[] = [...REQUESTS, ...RESPONSES, ...FAILURES, ...ITEMS];
