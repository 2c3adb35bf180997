// The portal's main screens: the shell reads them from portal.json, the patients' own page from here.
import manifest from '../portal.json';

export const NAVIGATION = manifest.nav;
