//! What the bench asks of the page, as scripts.

use serde_json::json;

/// The turnout of the poll on screen is this number.
pub(super) fn shows_votes(votes: usize) -> String {
    format!(
        "return [...document.querySelectorAll('[data-testid=poll]')].some((p) => p.textContent.replace(/\\D/g, ' ').split(' ').includes('{votes}') || p.textContent.includes(new Intl.NumberFormat(document.documentElement.lang).format({votes})))"
    )
}

/// Puts a text into the composer and types behind it, by the command that a key gives: how long each holds up
/// the page until it is laid out.
pub(super) fn typing(text: &str) -> String {
    format!(
        "const done = arguments[arguments.length - 1];\
         const field = document.querySelector('[data-testid=composer]');\
         field.focus();\
         field.value = {text};\
         field.dispatchEvent(new InputEvent('input', {{ bubbles: true }}));\
         field.setSelectionRange(field.value.length, field.value.length);\
         const times = [];\
         const key = () => {{\
           if (times.length === 60) return done(times.slice(5));\
           const start = performance.now();\
           document.execCommand('insertText', false, 'x');\
           void field.offsetHeight;\
           Promise.resolve().then(() => {{\
             times.push(performance.now() - start);\
             setTimeout(key, 40);\
           }});\
         }};\
         setTimeout(key, 500);",
        text = json!(text)
    )
}

/// Notes how long each frame takes from now on, in milliseconds.
pub(super) const WATCH_FRAMES: &str = "
    window.frames_seen = [];
    let last = performance.now();
    const step = () => {
      const now = performance.now();
      window.frames_seen.push(now - last);
      last = now;
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);";

/// Scrolls up for ten seconds as a wheel does, and watches one row: it must move as far as the list was
/// scrolled, whatever comes in above it. It is looked at twice in each frame, when the sizes of rows have been
/// observed and just after the frame was painted. What only one of the two sees was never on screen.
pub(super) const SCROLL: &str = "
    const done = arguments[arguments.length - 1];
    const view = document.querySelector('[data-testid=timeline] [role=list]');
    const frames = [];
    const jumps = [];
    const seenJumps = [];
    const slow = [];
    let drawn = new Set();
    let last = performance.now();
    const begun = last;
    let watched = null;
    let observed = null;
    const off = () => (watched?.row.isConnected ? Math.abs(watched.row.getBoundingClientRect().top - watched.top) : null);
    const probe = document.createElement('div');
    probe.style.cssText = 'position:fixed;inset-block-start:0;inset-inline-start:0;block-size:1px;inline-size:1px;visibility:hidden';
    document.body.append(probe);
    const sizes = new ResizeObserver(() => (observed = off()));
    sizes.observe(probe);
    const painted = new MessageChannel();
    painted.port1.onmessage = () => {
      const seen = off();
      if (seen === null || observed === null) return;
      const jump = Math.min(seen, observed);
      jumps.push(jump);
      if (jump > 2) seenJumps.push({ jump, ms: performance.now() - begun, row: watched.row.dataset.index, top: view.scrollTop, was: watched.before, height: view.scrollHeight, wasHeight: watched.height });
    };
    const step = () => {
      const now = performance.now();
      frames.push(now - last);
      const rowsNow = new Set(view.querySelectorAll('[data-index]'));
      if (now - last > 36) slow.push({ ms: Math.round(now - last), came: [...rowsNow].filter((r) => !drawn.has(r)).length, went: [...drawn].filter((r) => !rowsNow.has(r)).length, top: Math.round(view.scrollTop), grown: view.scrollHeight - (watched?.height ?? 0), at: Math.round(now - begun) });
      drawn = rowsNow;
      last = now;
      if (now - begun > 10000) {
        sizes.disconnect();
        probe.remove();
        painted.port1.close();
        const size = Number([...view.querySelectorAll('[data-index]')].at(-1)?.dataset.index ?? 0);
        return done({ frames: frames.slice(2), jump: Math.max(0, ...jumps), looks: jumps.length, seenJumps, slow, rows: Math.max(size, view.scrollHeight / 60) });
      }
      const rows = [...view.querySelectorAll('[data-index]')];
      const row = rows.find((r) => r.getBoundingClientRect().top > view.clientHeight / 2) ?? rows.at(-1);
      const before = view.scrollTop;
      const way = before - Math.max(0, before - 120);
      observed = null;
      watched = { row, top: row.getBoundingClientRect().top + way, before, height: view.scrollHeight };
      view.dispatchEvent(new WheelEvent('wheel', { deltaY: -120, bubbles: true }));
      view.scrollTop = before - 120;
      probe.style.inlineSize = frames.length % 2 ? '2px' : '1px';
      painted.port2.postMessage(null);
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);";
