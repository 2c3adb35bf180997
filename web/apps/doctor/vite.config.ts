// The clinical portal, built as a federated remote.
import { portal } from '../../vite.base.ts';

export default portal('doctor', ['@galen/ui/grid', '@galen/ui/charts']);
