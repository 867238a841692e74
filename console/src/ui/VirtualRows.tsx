// A long list in a frame that scrolls: only what is seen is drawn. The caller draws a row's cells.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type CSSProperties, type ReactNode } from 'react';

interface VirtualRowsProps {
  count: number;
  rowHeight: number;
  label: string;
  head?: ReactNode;
  keyOf: (index: number) => string | number;
  row: (index: number, style: CSSProperties) => ReactNode;
  height?: string;
  minWidth?: number;
  onEnd?: () => void;
}

export function VirtualRows({ count, rowHeight, label, head, keyOf, row, height, minWidth, onEnd }: VirtualRowsProps) {
  const frame = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count, getScrollElement: () => frame.current, estimateSize: () => rowHeight, overscan: 12, getItemKey: keyOf,
  });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (onEnd && count > 0 && last >= count - 8) onEnd();
  }, [last, count, onEnd]);
  useEffect(() => rows.measure(), [rows, rowHeight]);
  return (
    <div ref={frame} className="y-table-frame" style={{ maxHeight: height ?? 'calc(100dvh - 250px)', minHeight: 120 }} tabIndex={0} role="region" aria-label={label}>
      <div style={{ minWidth: minWidth ?? '100%' }}>
        {head}
        <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {items.map((item) =>
            row(item.index, { position: 'absolute', top: item.start, left: 0, height: item.size, width: '100%' }),
          )}
        </div>
      </div>
    </div>
  );
}
