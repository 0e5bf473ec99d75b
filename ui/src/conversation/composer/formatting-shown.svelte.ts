// Whether the formatting buttons are shown: the same in every room, until the window is closed.

export const formattingShown = $state({ value: false });
