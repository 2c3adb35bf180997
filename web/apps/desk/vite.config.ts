// The front desk's portal, built as a federated remote.
import { portal } from '../../vite.base.ts';

export default portal('desk', ['@galen/ui/day', '@galen/ui/dates']);
