// The browser knows where the reader is better than the machine that serves the page.
for (const field of document.querySelectorAll("input[data-zone]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = [...field.list.options].some((option) => option.value === zone);
  if (known && zone !== "UTC" && field.value === field.defaultValue) field.value = zone;
}
