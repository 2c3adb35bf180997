// The patients' portal, built as a federated remote.
import { portal } from '../../vite.base.ts';

export default portal('patient', ['@galen/ui/charts']);
