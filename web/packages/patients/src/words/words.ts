// Words of finding and registering patients.
import { catalogue } from '@galen/core';
import { english } from './en';

export const words = catalogue(english, { ar: () => import('./ar') });
