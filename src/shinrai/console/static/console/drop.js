// Says which file was chosen and lights up under a dragged one. The input covers its zone, so
// choosing and dropping are the browser's own and work without this file.
"use strict";
for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector("input[type=file]");
  const chosen = zone.querySelector("[data-chosen]");
  const size = (bytes) => (bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`);
  const light = (on) => zone.classList.toggle("is-over", on);
  zone.addEventListener("dragenter", () => light(true));
  zone.addEventListener("dragover", () => light(true));
  zone.addEventListener("dragleave", () => light(false));
  zone.addEventListener("drop", () => light(false));
  const say = () => {
    const most = Number(zone.dataset.mostMb || Infinity) * 1024 * 1024;
    const tooMuch = [...input.files].reduce((sum, file) => sum + file.size, 0) > most;
    // The server would refuse it unread and cut the line, which a browser shows as a fault.
    input.setCustomValidity(tooMuch ? zone.dataset.tooMuch : "");
    if (tooMuch) {
      chosen.textContent = zone.dataset.tooMuch;
      return;
    }
    chosen.textContent = [...input.files].map((file) => `${file.name} (${size(file.size)})`).join(", ");
  };
  input.addEventListener("change", say);
  // Coming back to the page, some browsers keep the chosen file and tell nobody.
  say();
}
