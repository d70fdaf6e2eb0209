// Folds what a thumb would have to scroll past, on a phone alone; without scripts all of it is open.
// A list and any long table become rows of two lines (`folds` in shinrai.css); `details.fold` closes.
"use strict";
(() => {
  const folds = [...document.querySelectorAll("details.fold")];
  const narrow = matchMedia("(max-width: 47.99rem)");

  // Who jumps to a part wants to read all of it.
  function openThere() {
    const there = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const part = there && there.closest(".part");
    if (!part) return;
    for (let up = part.closest("details"); up; up = up.parentElement.closest("details")) up.open = true;
    part.querySelectorAll("details.fold").forEach((fold) => { fold.open = true; });
    there.scrollIntoView();
  }

  function settle() {
    folds.forEach((fold) => { fold.open = !narrow.matches; });
    openThere();
  }

  let before = [];
  addEventListener("beforeprint", () => {
    before = folds.map((fold) => fold.open);
    folds.forEach((fold) => { fold.open = true; });
  });
  addEventListener("afterprint", () => folds.forEach((fold, at) => { fold.open = before[at]; }));

  narrow.addEventListener("change", settle);
  addEventListener("hashchange", openThere);
  settle();

  const LONG = 8; // rows of a table that is no list
  function addMore(part) {
    for (const table of part.querySelectorAll("table.cards:not(.aside)")) {
      if (!table.matches("[data-walk], .measures") && table.tBodies[0]?.rows.length <= LONG) continue;
      table.classList.add(table.matches(".measures") ? "figures-fold" : "folds");
      for (const head of table.querySelectorAll("tbody tr > th:first-child:not(:has(.row-more))")) {
        if (head.parentElement.cells.length < 4 && !head.querySelector(".asked")) continue;
        const more = document.createElement("button");
        more.type = "button";
        more.className = "row-more";
        more.ariaExpanded = "false";
        more.ariaLabel = `${document.body.dataset.more || ""} ${(head.querySelector(".case-key") || head).textContent.trim()}`;
        head.append(more);
      }
    }
  }
  addMore(document);
  document.addEventListener("htmx:load", (event) => addMore(event.target));
  document.addEventListener("click", (event) => {
    const more = event.target.closest?.(".row-more");
    if (more) more.ariaExpanded = String(more.closest("tr").classList.toggle("is-open"));
  });
})();
