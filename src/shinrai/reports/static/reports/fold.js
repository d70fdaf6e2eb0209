// Folds what a thumb would have to scroll past, on a phone alone; without scripts all of it is open.
"use strict";
(() => {
  const folds = [...document.querySelectorAll("details.fold")];
  const narrow = matchMedia("(max-width: 47.99rem)");

  // Who jumps to a part wants to read all of it.
  function openThere() {
    const there = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const part = there && there.closest(".part");
    if (!part) return;
    const whole = part.closest("details.appendix");
    if (whole) whole.open = true;
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
})();
