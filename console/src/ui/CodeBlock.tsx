// Text as it is, with a button that copies it.
import { Button, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';

import { useT } from '../i18n/language';

export function Copy({ text }: { text: string }) {
  const t = useT();
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button size="compact-sm" variant="default" onClick={copy} leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}>
          {t(copied ? 'app.copied' : 'app.copy')}
        </Button>
      )}
    </CopyButton>
  );
}

export function CodeBlock({ text, label, maxHeight = 460 }: { text: string; label: string; maxHeight?: number }) {
  return (
    <pre className="y-code" style={{ maxHeight }} tabIndex={0} role="region" aria-label={label}>
      {text}
    </pre>
  );
}
