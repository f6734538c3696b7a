// Where the focus is, and that it stays there or close by, whatever is drawn.

/** What has the focus, and everything around it, innermost first. */
export function focusPath() {
  const path = [];
  for (let one = document.activeElement; one && one !== document.body; one = one.parentElement) path.push(one);
  return path;
}

/** When what had the focus has gone or is hidden, put it on the closest of what was around it, or else on the place. */
export function focusStays(path) {
  const had = path[0];
  if (!had || (had.isConnected && had.checkVisibility() && document.activeElement === had)) return;
  if (document.activeElement !== had && document.activeElement !== document.body) return;
  for (const one of [...path, document.getElementById("main")]) {
    if (!one?.isConnected || !one.checkVisibility()) continue;
    one.focus({ preventScroll: true });
    if (document.activeElement === one) return;
  }
}
