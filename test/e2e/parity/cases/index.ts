import type { ParityGroup } from '../parityCase';
import { FAILURES } from './failures';
import { ITEMS } from './items';
import { REQUESTS } from './requests';
import { RESPONSES } from './responses';

/** All that is compared, in the order of the page. */
export const GROUPS: ParityGroup[] = [...REQUESTS, ...RESPONSES, ...FAILURES, ...ITEMS];
