// Events as they happen. The newest is on top; pausing keeps the list still and counts what arrives meanwhile.
import { Button, Drawer, Group, Text, TextInput, Tooltip } from '@mantine/core';
import { useDebouncedCallback, useMediaQuery } from '@mantine/hooks';
import { IconFilter, IconPlayerPause, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';

import { useStream } from '../../api/stream';
import { useLanguage } from '../../i18n/language';
import { clock, count } from '../../ui/format';
import { LiveMark, Tag } from '../../ui/marks';
import { Empty } from '../../ui/states';
import { VirtualRows } from '../../ui/VirtualRows';
import { EventDetail } from './EventDetail';
import { eventRow, rowMatches, type EventRow } from './eventRow';

const KEPT_MAX = 5_000;
const DRAW_EVERY_MS = 250;
const WIDE = '104px 110px minmax(120px, 190px) minmax(0, 1fr) 100px';
const NARROW = '92px minmax(0, 1fr)';

export function LiveTail() {
  const { language, t } = useLanguage();
  const { filter = '' } = useSearch({ from: '/shell/events' });
  const navigate = useNavigate({ from: '/events' });
  const wide = useMediaQuery('(min-width: 900px)', true, { getInitialValueInEffect: false });
  const [typed, setTyped] = useState(filter);
  const [rows, setRows] = useState<readonly EventRow[]>([]);
  const [paused, setPaused] = useState(false);
  const [waiting, setWaiting] = useState(0);
  const [missed, setMissed] = useState(0);
  const [shown, show] = useState<EventRow | null>(null);
  const arrived = useRef<EventRow[]>([]);
  const number = useRef(0);

  const live = useStream(['event'], {
    event: (event) => {
      number.current += 1;
      arrived.current.push(eventRow(number.current, event));
      if (arrived.current.length > KEPT_MAX) arrived.current.shift();
    },
    missed: (gap) => setMissed((before) => before + gap.count),
  });
  // Hundreds arrive a second; drawing four times a second is enough for eyes.
  useEffect(() => {
    const timer = setInterval(() => {
      if (paused) {
        setWaiting(arrived.current.length);
      } else if (arrived.current.length > 0) {
        const batch = arrived.current.reverse();
        arrived.current = [];
        setRows((before) => [...batch, ...before].slice(0, KEPT_MAX));
      }
    }, DRAW_EVERY_MS);
    return () => clearInterval(timer);
  }, [paused]);
  const setFilter = useDebouncedCallback((text: string) => {
    void navigate({ search: (before) => ({ ...before, filter: text || undefined }), replace: true });
  }, 200);
  const matching = useMemo(() => (filter ? rows.filter((row) => rowMatches(row, filter)) : rows), [rows, filter]);

  return (
    <>
      <Group gap="xs" mb="sm">
        <TextInput style={{ flex: '1 1 240px' }} leftSection={<IconFilter size={16} aria-hidden />} aria-label={t('events.filter')} placeholder={t('events.filter')} value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setFilter(event.currentTarget.value);
          }} />
        <Button variant="default" leftSection={paused ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />} onClick={() => { setPaused(!paused); setWaiting(0); }}>
          {t(paused ? 'events.resume' : 'events.pause')}
        </Button>
        <Button variant="default" leftSection={<IconTrash size={16} />} onClick={() => { setRows([]); arrived.current = []; setMissed(0); }}>{t('events.clear')}</Button>
      </Group>
      <Group gap="md" mb="xs">
        <LiveMark on={live && !paused} />
        <Text size="sm" c="dimmed">{paused ? t('events.pausedNote', { count: count(waiting, language) }) : t('events.shown', { count: count(matching.length, language) })}</Text>
        {missed > 0 ? <Tooltip label={t('events.missed.detail')} multiline w={280} events={{ hover: true, focus: true, touch: true }}><span tabIndex={0}><Tag tone="warn">{t('events.missed', { count: count(missed, language) })}</Tag></span></Tooltip> : null}
      </Group>
      {matching.length === 0 ? (
        <div className="y-card">
          {rows.length > 0 ? <Empty title={t('events.noMatch')} detail={t('events.noMatch.detail', { count: count(KEPT_MAX, language) })} /> : <Empty title={t('events.waiting')} detail={t('events.waiting.detail')} />}
        </div>
      ) : (
        <VirtualRows count={matching.length} rowHeight={wide ? 34 : 54} label={t('events.list')} height="calc(100dvh - 260px)" keyOf={(index) => matching[index]?.key ?? index}
          head={wide ? (
            <div className="y-vrow y-vhead" style={{ gridTemplateColumns: WIDE }}>
              <span>{t('events.column.time')}</span><span>{t('events.column.kind')}</span><span>{t('events.column.process')}</span><span>{t('events.column.object')}</span><span>{t('events.column.user')}</span>
            </div>
          ) : undefined}
          row={(index, style) => {
            const row = matching[index];
            if (!row) return null;
            return (
              <button key={row.key} type="button" className="y-vrow" style={{ ...style, gridTemplateColumns: wide ? WIDE : NARROW }} onClick={() => show(row)}>
                <span className="y-mono y-quiet">{clock(row.timeMs, language)}</span>
                {wide ? (
                  <>
                    <span className="y-mono y-clip" style={row.failed ? { color: 'var(--y-medium)' } : undefined}>{row.kind}</span>
                    <span className="y-clip">{row.process} <span className="y-quiet">{row.pid}</span></span>
                    <span className="y-mono y-clip">{row.target}</span>
                    <span className="y-clip y-quiet">{row.user}</span>
                  </>
                ) : (
                  <span>
                    <span className="y-clip" style={{ display: 'block' }}>{row.process} <span className="y-mono y-quiet">{row.kind}</span></span>
                    <span className="y-mono y-clip y-quiet" style={{ display: 'block' }}>{row.target}</span>
                  </span>
                )}
              </button>
            );
          }} />
      )}
      <Drawer opened={shown !== null} onClose={() => show(null)} position="right" size="lg" title={t('events.detail')} closeButtonProps={{ 'aria-label': t('app.close') }}>
        {shown ? <EventDetail event={shown.event} onLeave={() => show(null)} /> : null}
      </Drawer>
    </>
  );
}
