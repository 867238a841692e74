// The language in use. English is always at hand; Japanese is loaded when it is chosen.
import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';

import { en } from './en';
import { fill, type TextKey, type Texts, type TextValues } from './texts';

export type Language = 'en' | 'ja';
export type Translate = (key: TextKey, values?: TextValues) => string;

const STORED_AS = 'yagura-language';
const LOADED: Partial<Record<Language, Texts>> = { en };

interface LanguageState {
  language: Language;
  setLanguage: (language: Language) => void;
  t: Translate;
}

const LanguageContext = createContext<LanguageState | null>(null);

/** The stored choice, else what the browser asks for. */
export function preferredLanguage(): Language {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(STORED_AS);
  } catch {
    // Storage is switched off: the browser's language decides.
  }
  if (stored === 'en' || stored === 'ja') return stored;
  return navigator.language.toLowerCase().startsWith('ja') ? 'ja' : 'en';
}

export async function loadLanguage(language: Language): Promise<Texts> {
  const texts = LOADED[language] ?? (await import('./ja')).ja;
  LOADED[language] = texts;
  return texts;
}

export function LanguageProvider({ initial, children }: { initial: Language; children: ReactNode }) {
  const [language, choose] = useState<Language>(initial);
  const texts = LOADED[language] ?? en;
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const setLanguage = useCallback((next: Language) => {
    try {
      localStorage.setItem(STORED_AS, next);
    } catch {
      // The choice holds until the page is closed.
    }
    void loadLanguage(next).then(() => choose(next));
  }, []);
  const t = useCallback<Translate>((key, values) => fill(texts[key], values), [texts]);
  const state = useMemo(() => ({ language, setLanguage, t }), [language, setLanguage, t]);
  return <LanguageContext value={state}>{children}</LanguageContext>;
}

export function useLanguage(): LanguageState {
  const state = use(LanguageContext);
  if (!state) throw new Error('useLanguage is called outside LanguageProvider');
  return state;
}

export function useT(): Translate {
  return useLanguage().t;
}
