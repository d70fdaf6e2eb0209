// Copies a text that stands on the page, for those whose browser runs scripts; without, one selects it.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copies);
  const said = button.parentElement.querySelector("[data-copied]");
  text.select();
  try {
    await navigator.clipboard.writeText(text.value);
  } catch {
    document.execCommand("copy"); // where the page is not served by https
  }
  if (said) said.textContent = said.dataset.copied;
});
