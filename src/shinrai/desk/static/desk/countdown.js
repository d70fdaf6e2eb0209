// Counts the business time left down without asking the server; it stands still while closed.
"use strict";
(() => {
  const given = JSON.parse(document.getElementById("countdown")?.textContent || "null");
  if (!given) return;
  const { at, hours, words } = given;
  const began = Date.now(); // the reader's clock may be wrong: only what passes on it counts

  const open = (spans, to) => spans.reduce((sum, [from, until]) =>
    sum + Math.max(0, Math.min(until, to) - Math.max(from, at)), 0);

  const fill = (text, ...values) => values.reduce((said, value) => said.replace(/\{[^}]*\}/, value), text);

  // As the server writes it: seconds only below an hour.
  function length(seconds) {
    const h = Math.floor(seconds / 3600), m = Math.floor(seconds % 3600 / 60), s = seconds % 60;
    const parts = [];
    if (h) parts.push(fill(words.h, h.toLocaleString("en")));
    if (m) parts.push(fill(words.m, m));
    if (s && !h) parts.push(fill(words.s, s));
    return parts.length ? parts.reduce((whole, part) => fill(words.both, whole, part)) : fill(words.m, 0);
  }

  function show(cell, now) {
    const spans = hours[cell.dataset.hours];
    if (!spans) return;
    const left = Math.floor(Number(cell.dataset.left) - open(spans, now));
    const group = now > Number(cell.dataset.due) ? "late" : left < Number(cell.dataset.risk) ? "at_risk" : "running";
    const said = group !== "late" ? length(left) : left < 0 ? fill(words.late, length(-left)) : words.closed;
    const span = document.createElement("span");
    if (group === "late") span.className = "late";
    span.textContent = said;
    if (cell.textContent.trim() !== said) cell.replaceChildren(span);
    const row = cell.closest("tr");
    if (cell.dataset.group === group) return;
    cell.dataset.group = group;
    row.classList.toggle("is-late", group === "late");
    row.classList.toggle("is-risk", group === "at_risk");
    const state = document.querySelector(`template[data-group="${group}"]`);
    if (state) row.querySelector(".state")?.replaceWith(state.content.cloneNode(true));
  }

  function tick() {
    const now = at + (Date.now() - began) / 1000;
    document.querySelectorAll("[data-left]").forEach((cell) => show(cell, now));
  }
  setInterval(tick, 30000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
})();
