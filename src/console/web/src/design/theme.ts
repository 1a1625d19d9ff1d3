import {
  createTheme,
  type CSSVariablesResolver,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';
import { words } from './words';

const ACCENT: MantineColorsTuple = [
  '#e3f7f8',
  '#cdebed',
  '#9fd8db',
  '#6ec4c9',
  '#4fc3cb',
  '#2a9aa2',
  '#0e7c84',
  '#0b6e75',
  '#085a60',
  '#05474c',
];

/** From text to the page; cards and fields are the seventh, borders the fifth. */
const DARK: MantineColorsTuple = [
  '#e6eaf0',
  '#b4bbc6',
  '#9aa5b1',
  '#6b7683',
  '#3a4550',
  '#222b34',
  '#161c23',
  '#12181f',
  '#0f1419',
  '#0b0f13',
];

/** Filled with the seventh in light and the fourth in dark: both can be read with the text that stands on them. */
const RED: MantineColorsTuple = [
  '#fcebea',
  '#fbe4e2',
  '#f5b5b0',
  '#ff9a92',
  '#ff9a92',
  '#e0564d',
  '#c93a31',
  '#b3261e',
  '#962019',
  '#7a1a14',
];

/** Fills are dark in light and light in dark; what stands on them is told by the theme, not by the shade of light alone. */
const ON_FILLS: ReadonlySet<string> = new Set(['accent', 'red']);

const variantColours: VariantColorsResolver = (input) => {
  const made = defaultVariantColorsResolver(input);
  const isOnFill = input.variant === 'filled' && ON_FILLS.has(input.color ?? input.theme.primaryColor);
  return isOnFill ? { ...made, color: 'var(--q-accent-text)' } : made;
};

/** Sizes and colours of the design language; what differs between light and dark is in tokens.css and below. */
/** Of itself the cross of a dialog has no name for who cannot see it. */
const CLOSED_BY_NAME = { closeButtonProps: { 'aria-label': words.close } } as const;

export const theme = createTheme({
  colors: { accent: ACCENT, red: RED, dark: DARK },
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  variantColorResolver: variantColours,
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  fontSizes: { xs: '12px', sm: '14px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '28px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '4px', sm: '6px', md: '6px', lg: '6px', xl: '6px' },
  defaultRadius: 'sm',
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '20px', lineHeight: '28px' },
      h2: { fontSize: '16px', lineHeight: '24px' },
      h3: { fontSize: '14px', lineHeight: '20px' },
    },
  },
  breakpoints: { xs: '36em', sm: '43.75em', md: '68.75em', lg: '75em', xl: '90em' },
  respectReducedMotion: true,
  components: {
    Tooltip: {
      defaultProps: { withArrow: true, openDelay: 200, events: { hover: true, focus: true, touch: true } },
    },
    Card: { defaultProps: { withBorder: true, padding: 'md' } },
    Paper: { defaultProps: { withBorder: true } },
    // The smallest of the library's sizes is less than a finger or an unsteady hand needs.
    Button: { defaultProps: { size: 'sm' }, styles: { root: { minHeight: 24 } } },
    Modal: {
      defaultProps: { ...CLOSED_BY_NAME, centered: true, overlayProps: { backgroundOpacity: 0.45 } },
    },
    Drawer: {
      defaultProps: { ...CLOSED_BY_NAME, position: 'right', overlayProps: { backgroundOpacity: 0.35 } },
    },
    Table: { defaultProps: { verticalSpacing: 8, horizontalSpacing: 12 } },
  },
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#f6f8fa',
    '--mantine-color-text': '#16202a',
    '--mantine-color-dimmed': '#5a6673',
    '--mantine-color-default-border': '#d9dfe5',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-placeholder': '#5a6673',
    '--mantine-color-anchor': '#0b6e75',
    '--mantine-color-red-light': '#fcebea',
    '--mantine-color-red-light-color': '#b3261e',
    '--mantine-color-yellow-light': '#fdf1dc',
    '--mantine-color-yellow-light-color': '#8a4b00',
    '--mantine-color-orange-light': '#fdf1dc',
    '--mantine-color-orange-light-color': '#8a4b00',
    '--mantine-color-blue-light': '#e8f0fd',
    '--mantine-color-blue-light-color': '#1b55b5',
    '--mantine-color-green-light': '#e6f6ec',
    '--mantine-color-green-light-color': '#176639',
    '--mantine-color-gray-light': '#eef0f3',
    '--mantine-color-gray-light-color': '#4b5563',
  },
  dark: {
    '--mantine-color-body': '#0f1419',
    '--mantine-color-text': '#e6eaf0',
    '--mantine-color-dimmed': '#9aa5b1',
    '--mantine-color-default-border': '#2b343e',
    '--mantine-color-default': '#1c242c',
    '--mantine-color-error': '#ff9a92',
    '--mantine-color-placeholder': '#9aa5b1',
    '--mantine-color-anchor': '#4fc3cb',
    '--mantine-color-red-light': '#3b1816',
    '--mantine-color-red-light-color': '#ff9a92',
    '--mantine-color-yellow-light': '#36270e',
    '--mantine-color-yellow-light-color': '#f5b95b',
    '--mantine-color-orange-light': '#36270e',
    '--mantine-color-orange-light-color': '#f5b95b',
    '--mantine-color-blue-light': '#14263f',
    '--mantine-color-blue-light-color': '#8ab4f8',
    '--mantine-color-green-light': '#12301f',
    '--mantine-color-green-light-color': '#6fdc9a',
    '--mantine-color-gray-light': '#23272e',
    '--mantine-color-gray-light-color': '#b4bbc6',
  },
});
