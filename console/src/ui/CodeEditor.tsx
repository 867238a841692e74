// CodeMirror for SQL and YAML. Loaded only by the pages that need it.
import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { sql, SQLite } from '@codemirror/lang-sql';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tagHighlighter, tags } from '@lezer/highlight';
import { useEffect, useEffectEvent, useRef } from 'react';

const colours = tagHighlighter([
  { tag: tags.keyword, class: 'tok-keyword' },
  { tag: [tags.string, tags.special(tags.string)], class: 'tok-string' },
  { tag: tags.number, class: 'tok-number' },
  { tag: [tags.bool, tags.null, tags.atom], class: 'tok-bool' },
  { tag: tags.comment, class: 'tok-comment' },
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], class: 'tok-property' },
]);

export interface EditorProblem {
  level: 'error' | 'warning' | 'info';
  message: string;
  line?: number | null;
  column?: number | null;
}

interface CodeEditorProps {
  language: 'sql' | 'yaml';
  value: string;
  label: string;
  onChange?: (value: string) => void;
  onRun?: () => void;
  /** Tables and their columns, offered while typing SQL. */
  tables?: Readonly<Record<string, readonly string[]>>;
  /** What is wrong with the text, marked where it stands. */
  problems?: readonly EditorProblem[];
  readOnly?: boolean;
  minHeight?: number;
  maxHeight?: number;
  firstLine?: number;
}

export default function CodeEditor(props: CodeEditorProps) {
  const { language, value, label, tables, problems, readOnly = false, minHeight = 140, maxHeight = 420, firstLine = 1 } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const words = useRef(new Compartment());
  const changed = useEffectEvent((text: string) => props.onChange?.(text));
  const run = useEffectEvent(() => props.onRun?.());
  const initial = useRef(value);

  useEffect(() => {
    if (!host.current) return;
    const extensions: Extension[] = [
      lineNumbers({ formatNumber: (line) => String(line + firstLine - 1) }),
      history(),
      bracketMatching(),
      syntaxHighlighting(colours),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label }),
      EditorView.theme({ '.cm-content': { minHeight: `${minHeight}px` }, '.cm-scroller': { maxHeight: `${maxHeight}px`, overflow: 'auto' } }),
      words.current.of(language === 'yaml' ? yaml() : []),
      EditorState.readOnly.of(readOnly),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) changed(update.state.doc.toString());
      }),
      keymap.of([
        { key: 'Mod-Enter', preventDefault: true, run: () => { run(); return true; } },
        ...completionKeymap, ...defaultKeymap, ...historyKeymap,
      ]),
    ];
    if (!readOnly) extensions.push(autocompletion(), closeBrackets());
    if (!readOnly && language === 'yaml') extensions.push(lintGutter());
    const editor = new EditorView({ parent: host.current, state: EditorState.create({ doc: initial.current, extensions }) });
    view.current = editor;
    return () => editor.destroy();
  }, [language, label, readOnly, minHeight, maxHeight, firstLine]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || language !== 'sql') return;
    const schema = Object.fromEntries(Object.entries(tables ?? {}).map(([name, columns]) => [name, [...columns]]));
    editor.dispatch({ effects: words.current.reconfigure(sql({ dialect: SQLite, schema, upperCaseKeywords: true })) });
  }, [tables, language]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || !problems) return;
    const { doc } = editor.state;
    const marks = problems.flatMap(({ level, message, line, column }) => {
      if (!line || line > doc.lines) return [];
      const { from: start, to: end } = doc.line(line);
      const from = Math.min(start + Math.max(0, (column ?? 1) - 1), end);
      return [{ from, to: end, severity: level, message }];
    });
    editor.dispatch(setDiagnostics(editor.state, marks));
  }, [problems]);

  useEffect(() => {
    initial.current = value;
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== value) {
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
    }
  }, [value]);

  return <div ref={host} className="y-editor" />;
}
