// Puts the KERN tokens that `tokens.css` refers to in front of it, and no others: the whole set is
// larger than our own style sheet.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../node_modules/@kern-ux/native/src/scss/core/tokens/primitives/_colors.scss', import.meta.url));

/** @returns {import('vite').Plugin} */
export function kernTokens() {
  const primitives = new Map(
    [...readFileSync(source, 'utf8').matchAll(/(--kern-color-[a-z]+-\d{3}|--kern-color-(?:white|black)): *([^;]+);/g)].map((match) => [match[1], match[2]]),
  );
  let applied = false;
  return {
    name: 'kern-tokens',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('/styles/tokens.css')) return null;
      const used = [...new Set([...code.matchAll(/var\((--kern-[a-z0-9-]+)\)/g)].map((match) => match[1]))].sort();
      const lines = used.map((name) => {
        const value = primitives.get(name);
        if (value === undefined) throw new Error(`KERN has no token ${name}`);
        return `${name}:${value};`;
      });
      applied = true;
      return { code: `:root{${lines.join('')}}\n${code}`, map: null };
    },
    buildEnd(error) {
      if (!error && !applied && this.meta.watchMode === false && process.env.VITEST === undefined) throw new Error('tokens.css was built without the KERN tokens');
    },
  };
}
