/** An address as people write it: of a mail or a telephone number, that alone. */
export const writtenAddress = (address: string): string => address.replace(/^(mailto|tel):/, '');

/** Whether the words of a link already say where it leads. */
export function saysAddress(words: string, address: string): boolean {
  const bare = (text: string) => text.trim().replace(/^(https?:\/\/|mailto:|tel:)/i, '').replace(/\/$/, '');
  return bare(words) === bare(address);
}
