// A password input whose parts are named in the language of the page, and which says so when it is wrong.
import { PasswordInput, type PasswordInputProps } from '@mantine/core';

import { useT } from '../i18n/language';

export function PasswordField(props: PasswordInputProps) {
  const t = useT();
  return <PasswordInput {...props} aria-invalid={props.error ? true : undefined} visibilityToggleButtonProps={{ 'aria-label': t('app.password.show') }} />;
}
