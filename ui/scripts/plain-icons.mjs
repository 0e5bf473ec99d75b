// Makes each icon of Lucide what it looks like, an SVG element that takes `size` and `fill`. Its own component puts one
// together from data whenever it is shown, element by element, and is a kilobyte of what is loaded first.

const icon = /\/@lucide\/svelte\/dist\/icons\/[\w-]+\.svelte$/;

/** @returns {import('vite').Plugin} */
export function plainIcons() {
  return {
    name: 'plain-icons',
    enforce: 'pre',
    transform(code, id) {
      if (!icon.test(id)) return null;
      const [, data] = /^const iconData = (\{.*\});?$/m.exec(code) ?? [];
      if (!data) throw new Error(`Lucide writes ${id} in another way than scripts/plain-icons.mjs reads it`);
      const { size, node } = JSON.parse(data);
      const shapes = node.map(([tag, attributes]) => `<${tag} ${Object.entries(attributes).map(([name, value]) => `${name}="${value}"`).join(' ')}/>`);
      return {
        code: `<script>let { size, fill = 'none' } = $props();</script>
<svg xmlns="http://www.w3.org/2000/svg" width={size} height={size} viewBox="0 0 ${size} ${size}" {fill} stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${shapes.join('')}</svg>`,
        map: null,
      };
    },
  };
}
