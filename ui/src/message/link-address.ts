/** An address as people write it: of a mail or a telephone number, that alone. */
export const writtenAddress = (address: string): string => address.replace(/^(mailto|tel):/, '');
