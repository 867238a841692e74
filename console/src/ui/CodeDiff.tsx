// What changed between two texts, line by line. Loaded only where it is asked for.
import { yaml } from '@codemirror/lang-yaml';
import { unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';

const MARGIN_LINES = 3;
const UNCHANGED_MIN = 6;

export default function CodeDiff({ before, after, label, maxHeight = 420 }: { before: string; after: string; label: string; maxHeight?: number }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) return;
    const extensions = [
      lineNumbers(),
      yaml(),
      EditorView.lineWrapping,
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      EditorView.theme({ '.cm-scroller': { maxHeight: `${maxHeight}px`, overflow: 'auto' } }),
      unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: { margin: MARGIN_LINES, minSize: UNCHANGED_MIN } }),
    ];
    const view = new EditorView({ parent: host.current, state: EditorState.create({ doc: after, extensions }) });
    return () => view.destroy();
  }, [before, after, label, maxHeight]);
  return <div ref={host} className="y-editor" data-diff />;
}
