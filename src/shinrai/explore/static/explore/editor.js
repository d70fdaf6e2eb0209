// The editor of SQL: line numbers, completion of tables and columns, Ctrl+Enter, and a button that
// cancels. Without this file the textarea and the buttons work as they stand.
"use strict";
for (const area of document.querySelectorAll("[data-editor]")) {
  const box = area.parentElement;
  const form = area.form;
  const words = JSON.parse(document.getElementById("sql-words").textContent);
  const known = "SELECT FROM WHERE GROUP BY ORDER BY HAVING LIMIT JOIN LEFT JOIN USING UNION ALL count sum avg min max median quantile_cont date_trunc date_diff to_timestamp coalesce CASE WHEN THEN ELSE END DISTINCT FILTER OVER PARTITION BY WITH".split(" ");
  const names = [...new Set([...words, ...known])];

  const gutter = document.createElement("div");
  gutter.className = "gutter";
  gutter.setAttribute("aria-hidden", "true");
  box.prepend(gutter);
  const list = document.createElement("ul");
  list.className = "completions";
  list.id = `${area.id}-completions`;
  list.setAttribute("role", "listbox");
  list.hidden = true;
  box.after(list);
  area.setAttribute("aria-controls", list.id);
  area.setAttribute("aria-autocomplete", "list");

  const number = () => {
    const count = area.value.split("\n").length;
    if (gutter.childElementCount !== count) {
      gutter.replaceChildren(...Array.from({ length: count }, (_, index) => {
        const line = document.createElement("span");
        line.textContent = index + 1;
        return line;
      }));
    }
    gutter.scrollTop = area.scrollTop;
  };

  let found = [];
  let chosen = 0;
  const word = () => area.value.slice(0, area.selectionStart).match(/[A-Za-z_][A-Za-z0-9_]*$/)?.[0] ?? "";
  const close = () => {
    found = [];
    list.hidden = true;
    area.removeAttribute("aria-activedescendant");
  };
  const show = () => {
    list.replaceChildren(...found.map((name, index) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${index}`;
      item.textContent = name;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(index === chosen));
      item.addEventListener("mousedown", (event) => {
        event.preventDefault();
        accept(name);
      });
      return item;
    }));
    list.hidden = found.length === 0;
    if (found.length) area.setAttribute("aria-activedescendant", `${list.id}-${chosen}`);
  };
  const complete = (least) => {
    const begun = word().toLowerCase();
    if (begun.length < least) return close();
    found = names.filter((name) => name.toLowerCase().startsWith(begun) && name.toLowerCase() !== begun).slice(0, 8);
    chosen = 0;
    show();
  };
  const accept = (name) => {
    const start = area.selectionStart - word().length;
    area.setRangeText(name, start, area.selectionStart, "end");
    close();
    number();
  };

  area.addEventListener("input", () => {
    number();
    complete(2);
  });
  area.addEventListener("scroll", () => (gutter.scrollTop = area.scrollTop));
  area.addEventListener("blur", close);
  area.addEventListener("click", close);
  area.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-run]"));
    } else if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      complete(0);
    } else if (found.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
      show();
    } else if (found.length && (event.key === "Tab" || event.key === "Enter")) {
      event.preventDefault();
      accept(found[chosen]);
    } else if (found.length && event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });

  const cancel = form.querySelector("[data-cancel]");
  form.addEventListener("submit", (event) => {
    // A file does not leave the page: nothing would hide the button again.
    if (cancel && event.submitter?.name !== "format") cancel.hidden = false;
  });
  cancel?.addEventListener("click", () => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    cancel.disabled = true;
    fetch(cancel.dataset.cancel, { method: "POST", body, redirect: "manual" });
  });
  window.addEventListener("pageshow", () => cancel && (cancel.hidden = true));
  number();
}
