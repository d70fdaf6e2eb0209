// Tells the server, every half minute, that this page is open, seen and in use. It stops when the
// person does: another window, a hidden tab, or two minutes without a key, a pointer or a scroll.
(() => {
  const form = document.querySelector("form[data-presence]");
  if (!form) return;
  let used = Date.now();
  for (const kind of ["keydown", "pointermove", "scroll"]) {
    addEventListener(kind, () => { used = Date.now(); }, { passive: true });
  }
  const beat = () => {
    if (document.visibilityState !== "visible" || !document.hasFocus()) return;
    if (Date.now() - used > 120000) return;
    fetch(form.dataset.presence, {
      method: "POST",
      headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    }).catch(() => {});
  };
  beat();
  setInterval(beat, 30000);
})();
