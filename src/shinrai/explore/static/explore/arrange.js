// Tiles are moved by dragging; without this file the arrows do it.
"use strict";
(() => {
  const list = document.querySelector("[data-arrange]");
  if (!list) return;
  let dragged = null;

  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("li");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.tile);
    event.dataTransfer.setDragImage(dragged, 0, 0);
  });
  list.addEventListener("dragover", (event) => {
    if (dragged) event.preventDefault();
  });
  list.addEventListener("drop", (event) => {
    const target = event.target.closest("li");
    if (!dragged || !target || target === dragged) return;
    event.preventDefault();
    const rows = [...list.children];
    const form = dragged.querySelector("form");
    const field = (name, value) => {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      form.append(input);
    };
    field("what", "place");
    field("place", rows.indexOf(target) - rows.indexOf(dragged));
    form.submit();
  });
})();
