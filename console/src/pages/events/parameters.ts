// Parameters of a question: `:name` outside of texts, names and comments, filled in before it is asked.
import { literal } from './pivots';

// Texts, quoted names, comments and casts are passed over; the last group is a parameter.
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|::|:([A-Za-z_]\w*)/g;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** The names of a question's parameters, each once, in their order. */
export function parametersOf(sql: string): string[] {
  const names = [...sql.matchAll(TOKEN)].flatMap((match) => (match[1] ? [match[1]] : []));
  return [...new Set(names)];
}

/** The question with values in place of its parameters: numbers as they are, all else as text. */
export function withParameters(sql: string, values: Readonly<Record<string, string>>): string {
  return sql.replace(TOKEN, (whole, name?: string) => {
    if (!name) return whole;
    const value = values[name] ?? '';
    return NUMBER.test(value) ? value : literal(value);
  });
}
