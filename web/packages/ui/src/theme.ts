//! The look that Mantine's controls share with the kit's own: one palette, one type scale, one spacing scale.
import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** Deep teal: far enough from the red, amber and green that carry clinical meaning. */
const galen: MantineColorsTuple = [
  '#e8f4f6', '#cfe6ea', '#a3d0d8', '#74b8c4', '#4ea2b1', '#348c9d', '#247888', '#186573', '#0f5562', '#0a4652',
];

const dark: MantineColorsTuple = [
  '#dbe2e8', '#b7c2cc', '#94a2af', '#6b7a88', '#43525f', '#34414d', '#27333d', '#1b252d', '#141c23', '#0e151b',
];

const gray: MantineColorsTuple = [
  '#f6f8f9', '#edf1f3', '#e1e7ea', '#cfd8dd', '#b4c0c7', '#8c9ba4', '#5f707b', '#465660', '#2d3b44', '#18242c',
];

const red: MantineColorsTuple = [
  '#fdeeee', '#fad5d5', '#f4a9a9', '#ec7c7c', '#e35656', '#d63b3b', '#c42b2b', '#ac2020', '#951919', '#7c1313',
];

const controls = ['Button', 'TextInput', 'PasswordInput', 'Textarea', 'NativeSelect', 'Checkbox', 'Radio'] as const;

export function galenTheme(closeLabel: string) {
  const medium = Object.fromEntries(controls.map((name) => [name, { defaultProps: { size: 'md' } }]));
  return createTheme({
    primaryColor: 'galen',
    primaryShade: 9,
    autoContrast: true,
    luminanceThreshold: 0.25,
    colors: { galen, dark, gray, red },
    black: '#18242c',
    fontFamily: 'var(--g-font)',
    fontFamilyMonospace: 'var(--g-font-mono)',
    defaultRadius: 'sm',
    respectReducedMotion: true,
    cursorType: 'pointer',
    spacing: { xs: 'var(--g-space-1)', sm: 'var(--g-space-2)', md: 'var(--g-space-3)', lg: 'var(--g-space-4)', xl: 'var(--g-space-5)' },
    fontSizes: { xs: 'var(--g-text-xs)', sm: 'var(--g-text-sm)', md: 'var(--g-text-md)', lg: 'var(--g-text-lg)', xl: 'var(--g-text-xl)' },
    components: {
      ...medium,
      // Hints below the box, so that the boxes of a row line up.
      InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
      Modal: { defaultProps: { closeButtonProps: { 'aria-label': closeLabel }, centered: true } },
    },
  });
}
