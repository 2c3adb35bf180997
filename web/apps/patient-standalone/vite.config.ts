// The patients' portal by itself: the page that carries the promise of speed on a slow phone.
import { standalone } from '../../vite.base.ts';

export default standalone('my');
