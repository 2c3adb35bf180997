// What the browser has and the test DOM lacks, and tidying after each test.
import '@testing-library/jest-dom/vitest';
import { cleanup } from '@testing-library/react';
import { afterEach, vi } from 'vitest';
import { loadUiLanguage } from './packages/ui/src/labels/context';

class NoResizes implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

vi.stubGlobal('ResizeObserver', NoResizes);

afterEach(() => {
  cleanup();
});

// Fetched at run time; tests look at the first drawing.
await Promise.all([loadUiLanguage('ar'), loadUiLanguage('cy')]);
