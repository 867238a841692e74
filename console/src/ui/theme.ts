// Colours and shapes. Indigo is the house colour; severities have colours of their own in styles.css.
import { createTheme, type MantineColorsTuple } from '@mantine/core';

const indigo: MantineColorsTuple = [
  '#eef2fc', '#d9e1f6', '#b0c1ec', '#849fe2', '#6082da', '#496fd5', '#3c63c9', '#2f53b0', '#27408b', '#1d3170',
];
const night: MantineColorsTuple = [
  '#d5dbe8', '#b6bfd1', '#98a3b9', '#64708a', '#3c465c', '#2b3448', '#202839', '#171e2d', '#111724', '#0b101a',
];

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 5 },
  colors: { indigo, dark: night },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", "Hiragino Sans", "Yu Gothic UI", "Noto Sans JP", "Noto Sans CJK JP", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK JP", monospace',
  headings: { fontWeight: '650' },
  // A dialog's heading is a <header>, which screen readers would take for a second banner of the page.
  components: { Modal: { defaultProps: { attributes: { header: { role: 'presentation' } } } } },
});
