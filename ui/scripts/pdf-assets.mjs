// What PDF.js loads beside its code, under /pdf: the fonts that a PDF may take for granted, and its picture
// decoders as plain JavaScript, because the content security policy allows no WebAssembly.

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const home = join(import.meta.dirname, '../node_modules/pdfjs-dist');
const fonts = ['FoxitDingbats.pfb', 'FoxitFixed.pfb', 'FoxitFixedBold.pfb', 'FoxitFixedBoldItalic.pfb', 'FoxitFixedItalic.pfb', 'FoxitSerif.pfb', 'FoxitSerifBold.pfb', 'FoxitSerifBoldItalic.pfb', 'FoxitSerifItalic.pfb', 'FoxitSymbol.pfb', 'LiberationSans-Bold.ttf', 'LiberationSans-BoldItalic.ttf', 'LiberationSans-Italic.ttf', 'LiberationSans-Regular.ttf'];
const decoders = ['jbig2_nowasm_fallback.js', 'openjpeg_nowasm_fallback.js'];
const files = new Map([...fonts.map((name) => [name, join(home, 'standard_fonts', name)]), ...decoders.map((name) => [name, join(home, 'wasm', name)])]);

export function pdfAssets() {
  return {
    name: 'pdf-assets',
    configureServer(server) {
      server.middlewares.use('/pdf', (request, response, next) => {
        const path = files.get(basename(request.url ?? ''));
        if (!path) return next();
        response.setHeader('content-type', path.endsWith('.js') ? 'text/javascript' : 'application/octet-stream');
        response.end(readFileSync(path));
      });
    },
    generateBundle() {
      for (const [name, path] of files) this.emitFile({ type: 'asset', fileName: `pdf/${name}`, source: readFileSync(path) });
    },
  };
}
