// Keys for those who keep their hands on the keyboard. Every page works without this file.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("has-scripts");

  // Single keys can be turned off (WCAG 2.1.4): people who speak to their computer need that.
  const kept = {
    get on() { try { return localStorage.getItem("shinrai-keys") !== "off"; } catch { return true; } },
    set on(yes) { try { localStorage.setItem("shinrai-keys", yes ? "on" : "off"); } catch { /* kept for this page only */ } },
  };

  const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable]");

  function open(dialog) {
    if (!dialog || dialog.open) return;
    document.querySelectorAll("dialog[open]").forEach((other) => other.close());
    dialog.showModal();
  }

  // j and k move the focus itself, so Enter, screen readers and the middle button just work.
  function walk(step) {
    const stops = [...document.querySelectorAll("[data-walk] [data-open]")].filter((a) => a.getClientRects().length);
    if (!stops.length) return;
    const here = document.activeElement?.closest("[data-walk] tr, [data-walk] li");
    const at = stops.findIndex((a) => a === document.activeElement || here?.contains(a));
    const next = at < 0 ? (step > 0 ? 0 : stops.length - 1) : Math.min(Math.max(at + step, 0), stops.length - 1);
    stops[next].focus();
    stops[next].closest("tr, li")?.scrollIntoView({ block: "nearest" });
  }

  // On a list the deed of the row that has the focus, else the page's own.
  function act(key) {
    const row = document.activeElement?.closest("[data-walk] tr, [data-walk] li");
    const deeds = [...document.querySelectorAll(`[data-key="${key}"]`)];
    const found = row?.querySelector(`[data-key="${key}"]`) || deeds.find((deed) => !deed.closest("[data-walk]"));
    if (!found) return false;
    const folded = found.closest("details:not([open])");
    if (folded) folded.open = true;
    found.scrollIntoView({ block: "nearest" });
    if (found.matches("a, button, summary")) found.click();
    else found.focus();
    return true;
  }

  function places() {
    const given = JSON.parse(document.getElementById("jump-links")?.textContent || "[]") || [];
    const nav = [...document.querySelectorAll(".masthead nav a")].map((a) => ({ label: a.textContent.trim(), href: a.href }));
    const listed = [...document.querySelectorAll("[data-walk] a[data-open]")].map((a) => ({ label: a.textContent.trim(), href: a.href }));
    const seen = new Set();
    return [...(Array.isArray(given) ? given : []), ...nav, ...listed].filter((place) => {
      const address = new URL(place.href, location.href);
      const known = seen.has(address.href) || !/^https?:$|^file:$/.test(address.protocol);
      seen.add(address.href);
      return !known;
    });
  }

  function fold(words) {
    return words.normalize("NFKC").toLowerCase();
  }

  function listPlaces(dialog) {
    const list = dialog.querySelector(".jump-list");
    const asked = fold(dialog.querySelector("input").value).split(/\s+/).filter(Boolean);
    const found = places().filter((p) => asked.every((part) => fold(`${p.label} ${p.note || ""}`).includes(part))).slice(0, 12);
    list.replaceChildren(...found.map((place) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = place.href;
      link.append(place.label);
      if (place.note) {
        const note = document.createElement("small");
        note.textContent = place.note;
        link.append(note);
      }
      item.append(link);
      return item;
    }));
    if (!found.length) {
      const none = document.createElement("li");
      none.textContent = list.dataset.none;
      list.append(none);
    }
  }

  const keys = document.getElementById("keys");
  const jump = document.getElementById("jump");
  const toggle = document.getElementById("keys-on");
  if (toggle) {
    toggle.checked = kept.on;
    toggle.addEventListener("change", () => { kept.on = toggle.checked; });
  }

  function openJump() {
    if (!jump) return;
    open(jump);
    const input = jump.querySelector("input");
    input.value = "";
    listPlaces(jump);
    input.focus();
  }

  jump?.querySelector("input").addEventListener("input", () => listPlaces(jump));
  jump?.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const links = [...jump.querySelectorAll(".jump-list a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "Enter" && at < 0 && links[0]) {
      event.preventDefault();
      links[0].click();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = at + (event.key === "ArrowDown" ? 1 : -1);
      (next < 0 ? jump.querySelector("input") : links[Math.min(next, links.length - 1)])?.focus();
    }
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-opens]");
    if (opener?.dataset.opens === "jump") openJump();
    else if (opener) open(document.getElementById(opener.dataset.opens));
  });

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openJump();
      return;
    }
    // As in mail programs and desks: the form somebody types in is sent without leaving the keys.
    // One that was filled from an article is sent before anything in it has the focus.
    const taken = event.target === document.body && document.querySelector('#act input[name="article"]');
    const typed = event.target.matches?.("#act textarea") ? event.target : taken;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && typed) {
      event.preventDefault();
      typed.form.requestSubmit(typed.form.querySelector("button.next"));
      return;
    }
    // A suggested answer is taken from the empty field, where the key before has put the focus.
    if (kept.on && /^[1-3]$/.test(event.key) && !event.ctrlKey && !event.metaKey && event.target.matches?.("#act textarea") && !event.target.value) {
      if (document.querySelector(`.suggestions [data-key="${event.key}"]`) && act(event.key)) event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (!kept.on || document.querySelector("dialog[open]")) return;
    if (event.key === "?") {
      event.preventDefault();
      open(keys);
    } else if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else if (event.key === "/") {
      const search = document.querySelector("[data-search]");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select?.();
      }
    } else if (/^[aer123]$/.test(event.key) && act(event.key)) event.preventDefault();
  });

  // Rows that are moved along by a thumb begin at what is chosen.
  for (const chosen of document.querySelectorAll("nav [aria-current]")) {
    const row = chosen.parentElement;
    if (row.scrollWidth > row.clientWidth) row.scrollLeft = chosen.offsetLeft - row.clientWidth / 2;
  }
})();
