// One event: its process tree and its OCSF form.
import { Group, Stack } from '@mantine/core';

import { useT } from '../../i18n/language';
import { CodeBlock, Copy } from '../../ui/CodeBlock';
import { processChain } from '../../ui/processChain';
import { ProcessTree } from '../../ui/ProcessTree';

export function EventDetail({ event }: { event: unknown }) {
  const t = useT();
  const json = JSON.stringify(event, null, 2);
  return (
    <Stack>
      {processChain(event).length > 0 ? <ProcessTree event={event} /> : null}
      <Group justify="flex-end"><Copy text={json} /></Group>
      <CodeBlock text={json} label={t('finding.raw')} maxHeight={620} />
    </Stack>
  );
}
