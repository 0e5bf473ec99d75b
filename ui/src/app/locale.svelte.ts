// Which language the interface speaks. Every message asks here, so a change redraws all text and
// loses no state.

import type { Language } from '../protocol';
import { overwriteGetLocale } from '../paraglide/runtime';

const languages: readonly Language[] = ['de', 'en', 'fr'];

export function systemLanguage(preferred: readonly string[] = navigator.languages): Language {
  for (const tag of preferred) {
    const language = languages.find((candidate) => tag.toLowerCase().split('-')[0] === candidate);
    if (language) return language;
  }
  return 'de';
}

let current = $state<Language>(systemLanguage());
overwriteGetLocale(() => current);

export function locale(): Language {
  return current;
}

export function setLanguage(language: Language | null): void {
  current = language ?? systemLanguage();
  document.documentElement.lang = current;
}
