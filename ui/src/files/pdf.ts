// Reads PDF files of others with PDF.js: pages become pixels and plain text, and nothing else. No
// scripts, no links, no fonts handed to the system, no WebAssembly.

import { AnnotationMode, getDocument, GlobalWorkerOptions, PasswordException, type PDFDocumentProxy, type RenderTask } from 'pdfjs-dist/legacy/build/pdf.mjs';
import workerUrl from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?url';

GlobalWorkerOptions.workerSrc = workerUrl;

/** Pixels of one page; more would only be slow. */
const mostPixels = 16_000_000;
/** Pixels of one picture in it. */
const largestPicture = 120_000_000;
/** Characters of one page that are handed to those who cannot see it; a page that holds more is no page. */
const mostText = 200_000;
const assets = new URL('/pdf/', location.href).href;

export type PdfFailure = 'password' | 'unreadable';

/** PDF.js asks here for what lies beside its code. */
class Assets {
  async fetch({ filename }: { kind: string; filename: string }): Promise<Uint8Array> {
    const response = await fetch(`${assets}${encodeURIComponent(filename)}`);
    if (!response.ok) throw new Error(`no ${filename}`);
    return new Uint8Array(await response.arrayBuffer());
  }
}

export class Pdf {
  #rendering: RenderTask | null = null;

  constructor(
    readonly document: PDFDocumentProxy,
    readonly end: () => void,
  ) {}

  get pages(): number {
    return this.document.numPages;
  }

  /** Draws a page as wide as `width` CSS pixels. */
  async draw(number: number, canvas: HTMLCanvasElement, width: number, density: number): Promise<void> {
    this.#rendering?.cancel();
    const page = await this.document.getPage(number);
    const natural = page.getViewport({ scale: 1 });
    const wanted = (width * density) / natural.width;
    const scale = Math.min(wanted, Math.sqrt(mostPixels / (natural.width * natural.height)));
    const viewport = page.getViewport({ scale });
    canvas.width = Math.max(1, Math.floor(viewport.width));
    canvas.height = Math.max(1, Math.floor(viewport.height));
    const rendering = (this.#rendering = page.render({ canvas, viewport, annotationMode: AnnotationMode.ENABLE }));
    await rendering.promise;
  }

  /** What a page says, for those who cannot see it. */
  async text(number: number): Promise<string> {
    const content = await (await this.document.getPage(number)).getTextContent();
    let text = '';
    for (const item of content.items) {
      if ('str' in item) text += item.str + (item.hasEOL ? '\n' : '');
      if (text.length > mostText) return text.slice(0, mostText);
    }
    return text;
  }
}

export async function openPdf(data: ArrayBuffer): Promise<Pdf> {
  const task = getDocument({
    data,
    BinaryDataFactory: Assets,
    wasmUrl: assets,
    standardFontDataUrl: assets,
    useWorkerFetch: false,
    useWasm: false,
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
    maxImageSize: largestPicture,
    verbosity: 0,
  });
  // A file that wants a password is not opened; asking for it is the business of a real reader.
  task.onPassword = () => void task.destroy();
  const document = await task.promise;
  return new Pdf(document, () => void task.destroy());
}

export const failureOf = (error: unknown): PdfFailure => (error instanceof PasswordException ? 'password' : 'unreadable');

export const wasCancelled = (error: unknown): boolean => (error as Error | null)?.name === 'RenderingCancelledException';
