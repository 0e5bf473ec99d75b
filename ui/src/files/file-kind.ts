// How a file can be looked at inside the window.

import type { Attachment } from '../protocol';

const textTypes = /^(text\/.+|application\/(json|xml|x-yaml|yaml|toml|sql|x-sh|javascript|x-subrip|ld\+json|geo\+json))$/;
const textNames = /\.(txt|md|csv|tsv|log|json|xml|ya?ml|toml|ini|conf|cfg|sql|ics|vcf|eml|gml|geojson|srt|tex)$/i;
/** Bytes of a PDF that the window still reads itself. */
const largestPdf = 48 * 1024 * 1024;

export function previewOf(attachment: Pick<Attachment, 'filename' | 'mimeType' | 'size'>): 'text' | 'pdf' | null {
  const type = attachment.mimeType?.toLowerCase().split(';')[0]?.trim() ?? '';
  const unstated = type === '' || type === 'application/octet-stream';
  if (type === 'application/pdf' || (unstated && /\.pdf$/i.test(attachment.filename))) return (attachment.size ?? 0) <= largestPdf ? 'pdf' : null;
  if (textTypes.test(type) || (unstated && textNames.test(attachment.filename))) return 'text';
  return null;
}
