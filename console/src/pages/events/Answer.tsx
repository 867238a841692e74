// The rows of an answer. Only what is seen is drawn; a row opens in full beside the table.
import { Drawer } from '@mantine/core';
import { useMemo, useState } from 'react';

import type { QueryResult } from '../../api/model';
import { useT } from '../../i18n/language';
import { cell } from '../../ui/format';
import { VirtualRows } from '../../ui/VirtualRows';
import { EventDetail } from './EventDetail';

const SAMPLED_ROWS = 50;
const CHARACTER_WIDTH = 7.8;
const COLUMN_MIN = 80;
const COLUMN_MAX = 380;

export function Answer({ answer }: { answer: QueryResult }) {
  const t = useT();
  const [shown, show] = useState<number | null>(null);
  const widths = useMemo(
    () =>
      answer.columns.map((column, index) => {
        const longest = answer.rows.slice(0, SAMPLED_ROWS).reduce((most, row) => Math.max(most, cell(row[index]).length), column.name.length);
        return Math.min(COLUMN_MAX, Math.max(COLUMN_MIN, longest * CHARACTER_WIDTH));
      }),
    [answer],
  );
  const template = widths.map((width) => `minmax(${width}px, ${width}fr)`).join(' ');
  const minWidth = widths.reduce((sum, width) => sum + width + 14, 32);
  const opened = shown === null ? undefined : answer.rows[shown];
  const record = opened ? Object.fromEntries(answer.columns.map((column, index) => [column.name, opened[index]])) : null;
  return (
    <>
      <VirtualRows count={answer.rows.length} rowHeight={34} label={t('sql.result')} minWidth={minWidth} height="max(320px, calc(100dvh - 480px))" keyOf={(index) => index}
        head={<div className="y-vrow y-vhead y-mono" style={{ gridTemplateColumns: template }}>{answer.columns.map((column) => <span key={column.name} className="y-clip" title={column.data_type}>{column.name}</span>)}</div>}
        row={(index, style) => (
          <button key={index} type="button" className="y-vrow y-mono" style={{ ...style, gridTemplateColumns: template }} onClick={() => show(index)}>
            {answer.columns.map((column, position) => {
              const value = answer.rows[index]?.[position];
              return <span key={column.name} className={value === null ? 'y-clip y-quiet' : 'y-clip'}>{value === null ? 'NULL' : cell(value)}</span>;
            })}
          </button>
        )} />
      <Drawer opened={record !== null} onClose={() => show(null)} position="right" size="lg" title={t('sql.row', { number: (shown ?? 0) + 1 })} closeButtonProps={{ 'aria-label': t('app.close') }}>
        {record ? <EventDetail event={record} onLeave={() => show(null)} /> : null}
      </Drawer>
    </>
  );
}
