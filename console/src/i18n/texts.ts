// What a language has to provide, and how a text is filled in.
import type { en } from './en';

export type TextKey = keyof typeof en;
export type Texts = Readonly<Record<TextKey, string>>;
export type TextValues = Readonly<Record<string, string | number>>;

/** Puts values into the `{places}` of a text; a place without a value stays as it is. */
export function fill(text: string, values?: TextValues): string {
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
