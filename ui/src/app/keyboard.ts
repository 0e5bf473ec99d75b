// Keyboard shortcuts of the main window. `ShortcutSheet` lists the same ones.

type Shortcut = 'nextPane' | 'previousPane' | 'switcher' | 'settings' | 'shortcuts' | 'nextRoom' | 'previousRoom' | 'print' | 'foldRooms' | 'back';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

export const modifier = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl';

/** WebKitGTK gives the key no name where Shift is held with it. */
export const isTab = (event: KeyboardEvent): boolean => event.key === 'Tab' || event.keyCode === 9;

/** On a keyboard on the screen there is no Shift+Enter: Enter makes a new line, and a button sends. */
export const typesOnScreen = (): boolean => matchMedia('(pointer: coarse)').matches;

/** A character with no key held besides: what the setting for shortcuts of a single key is about (WCAG 2.1.4). */
export const isCharacter = (event: KeyboardEvent): boolean => event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey;

/** What a key press asks for. `singleKeys` is whether a character alone may ask for something. */
export function shortcutOf(event: KeyboardEvent, singleKeys: boolean): Shortcut | null {
  if (event.isComposing) return null;
  const command = event.ctrlKey || event.metaKey;
  const alone = !command && !event.altKey && !event.shiftKey;
  if (event.key === 'F1' && alone) return 'shortcuts';
  if (event.key === 'F9' && alone) return 'foldRooms';
  if (event.key === 'F6' && !command && !event.altKey) return event.shiftKey ? 'previousPane' : 'nextPane';
  if (command && !event.altKey && !event.shiftKey) {
    if (event.key.toLowerCase() === 'k') return 'switcher';
    if (event.key === ',') return 'settings';
    if (event.key.toLowerCase() === 'p') return 'print';
  }
  if (event.altKey && !command && !event.shiftKey) {
    if (event.key === 'ArrowDown') return 'nextRoom';
    if (event.key === 'ArrowUp') return 'previousRoom';
  }
  if (event.key === '?' && isCharacter(event) && singleKeys && !isTyping(event.target)) return 'shortcuts';
  if (event.key === 'Escape' && !event.defaultPrevented) return 'back';
  return null;
}
