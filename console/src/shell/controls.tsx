// The switches for language and appearance.
import { SegmentedControl, useMantineColorScheme } from '@mantine/core';

import { useLanguage } from '../i18n/language';

export function LanguageControl({ fullWidth = false }: { fullWidth?: boolean }) {
  const { language, setLanguage, t } = useLanguage();
  return (
    <SegmentedControl
      size="xs"
      fullWidth={fullWidth}
      aria-label={t('app.language')}
      value={language}
      onChange={(value) => setLanguage(value === 'ja' ? 'ja' : 'en')}
      data={[
        { value: 'en', label: 'English' },
        { value: 'ja', label: '日本語' },
      ]}
    />
  );
}

export function ThemeControl({ fullWidth = false }: { fullWidth?: boolean }) {
  const { t } = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      size="xs"
      fullWidth={fullWidth}
      aria-label={t('app.theme')}
      value={colorScheme}
      onChange={(value) => setColorScheme(value === 'light' || value === 'dark' ? value : 'auto')}
      data={(['auto', 'light', 'dark'] as const).map((value) => ({ value, label: t(`app.theme.${value}`) }))}
    />
  );
}
