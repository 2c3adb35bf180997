// The words of the patients' portal.
import { catalogue } from '@galen/core';
import { english } from './en';

export const words = catalogue(english, { ar: () => import('./ar'), cy: () => import('./cy') });
