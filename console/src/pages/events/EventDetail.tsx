// One event: its process tree, its OCSF form, and the questions that lead on from it.
import { Group, Stack } from '@mantine/core';

import { useT } from '../../i18n/language';
import { CodeBlock, Copy } from '../../ui/CodeBlock';
import { processChain } from '../../ui/processChain';
import { ProcessTree } from '../../ui/ProcessTree';
import { Pivots } from './Pivots';

export function EventDetail({ event, onLeave }: { event: unknown; onLeave?: () => void }) {
  const t = useT();
  const json = JSON.stringify(event, null, 2);
  return (
    <Stack>
      {processChain(event).length > 0 ? <ProcessTree event={event} /> : null}
      <Group justify="flex-end" gap="xs"><Pivots event={event} onLeave={onLeave} /><Copy text={json} /></Group>
      <CodeBlock text={json} label={t('finding.raw')} maxHeight={620} />
    </Stack>
  );
}
