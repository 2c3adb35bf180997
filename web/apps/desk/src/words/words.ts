// The front desk's words.
import { catalogue } from '@galen/core';
import { english } from './en';

export const words = catalogue(english, { ar: () => import('./ar') });
