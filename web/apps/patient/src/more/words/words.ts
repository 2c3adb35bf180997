// Words of the screens about who sees a record and who acts for one: fetched with them.
import { catalogue } from '@galen/core';
import { english } from './en';

export const words = catalogue(english, { ar: () => import('./ar'), cy: () => import('./cy') });
