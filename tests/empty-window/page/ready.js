requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('empty:ready')));
