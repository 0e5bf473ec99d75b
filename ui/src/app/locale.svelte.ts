// Which language the interface speaks. Every message asks here, so a change redraws all text and
// loses no state.

import type { Language } from '../protocol';

const languages: readonly Language[] = ['de', 'en', 'fr'];

function systemLanguage(preferred: readonly string[] = navigator.languages): Language {
  for (const tag of preferred) {
    const language = languages.find((candidate) => tag.toLowerCase().split('-')[0] === candidate);
    if (language) return language;
  }
  return 'de';
}

let current = $state<Language>(systemLanguage());

export function locale(): Language {
  return current;
}

export function setLanguage(language: Language | null): void {
  current = language ?? systemLanguage();
  document.documentElement.lang = current;
}

type Words = (inputs?: object) => string;

/** A message, with its words in the order of `languages`; scripts/short-messages.mjs makes every message of this. */
export const inLanguage =
  (...words: Words[]): Words =>
  (inputs) =>
    words[languages.indexOf(current)]!(inputs);
