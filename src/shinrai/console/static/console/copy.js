// Copies a text that stands on the page, for those whose browser runs scripts; without, one selects it.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copies);
  const said = button.parentElement.querySelector("[data-copied]");
  try {
    await navigator.clipboard.writeText(text.value);
  } catch { // where the page is not served by https: only what is seen can be selected
    const folded = text.closest("details:not([open])");
    if (folded) folded.open = true;
    text.select();
    document.execCommand("copy");
    if (folded) folded.open = false;
  }
  if (said) said.textContent = said.dataset.copied;
});
