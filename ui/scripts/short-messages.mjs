// Says once what Paraglide says in every message: which language is spoken. Its own runtime, with its cookies and
// addresses, is then not part of the build. `inLanguage` in src/app/locale.svelte.ts stands for both.

import { fileURLToPath } from 'node:url';

const message = /\/src\/paraglide\/messages\/(?!_index\.js)\w+\.js$/;
const locale = fileURLToPath(new URL('../src/app/locale.svelte.ts', import.meta.url));
const runtime = "import { getLocale, experimentalStaticLocale } from '../runtime.js';";

/** @returns {import('vite').Plugin} */
export function shortMessages() {
  return {
    name: 'short-messages',
    enforce: 'pre',
    transform(code, id) {
      if (!message.test(id)) return null;
      const words = [...code.matchAll(/^const (de|en|fr)_\w+ = ([^]*?);\n\n/gm)];
      const [, name] = /^export const (\w+) = /m.exec(code) ?? [];
      if (words.map(([, language]) => language).join() !== 'de,en,fr' || !name || !code.includes(runtime)) throw new Error(`Paraglide writes ${id} in another way than scripts/short-messages.mjs reads it`);
      const head = code.slice(0, words[0].index).replace(runtime, `import { inLanguage } from ${JSON.stringify(locale)};`);
      return { code: `${head}export const ${name} = /* @__PURE__ */ inLanguage(${words.map(([, , says]) => says).join(', ')});\n`, map: null };
    },
  };
}
