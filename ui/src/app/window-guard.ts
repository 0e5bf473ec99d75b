// Keeps the window what it is: nothing dropped into it or clicked in it may lead it elsewhere.

export function hold(): void {
  const refuse = (event: Event) => event.preventDefault();
  window.addEventListener('dragover', refuse);
  window.addEventListener('drop', refuse);
  window.addEventListener('auxclick', refuse);
  window.addEventListener('submit', refuse);
}
