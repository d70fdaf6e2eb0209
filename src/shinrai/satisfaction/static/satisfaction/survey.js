// Asks a person a few questions in a page of a product, one after the other, in a sheet that blocks
// nothing. It sets no cookie. Answers are kept in the product's own storage until they have arrived,
// so neither a lost connection nor a page left between two questions loses or doubles them.
(function (survey) {
  "use strict";
  const HOUR = 36e5;
  const name = `shinrai-survey:${survey.token}`;
  const store = {
    read() { try { return JSON.parse(localStorage.getItem(name)) || {}; } catch { return {}; } },
    // Without storage it works as long as the page lives.
    write(kept) { this.kept = kept; try { localStorage.setItem(name, JSON.stringify(kept)); } catch { } },
    get() { const kept = this.read(); return Object.keys(kept).length ? kept : this.kept || {}; },
  };
  const mine = (person, set) => {
    const kept = store.get();
    if (set) store.write({ ...kept, [person]: { ...kept[person], ...set } });
    return store.get()[person] || {};
  };
  const post = (path, body) => fetch(`${survey.address}${path}`, {
    method: "POST", body: JSON.stringify(body), credentials: "omit", keepalive: true,
    headers: { "Content-Type": "application/json", Accept: "application/json" },
  });

  // What was answered, and what was begun a day ago and never went on, is sent as it is.
  let sending = false;
  const send = async () => {
    if (sending) return;
    sending = true;
    for (const [person, kept] of Object.entries(store.get())) {
      const old = kept.began && Date.now() - kept.began > 24 * HOUR;
      if (!kept.ask || !(kept.done || old)) continue;
      const { ask, id, values, signature, at } = kept;
      const empty = !Object.keys(values || {}).length;
      try {
        const answer = await post("answers/", { person, signature, id, wave: ask.wave, values, at, declined: empty });
        if (answer.ok || (answer.status < 500 && answer.status !== 429)) {
          const { [person]: sent, ...others } = store.get();
          store.write({ ...others, [person]: { rest: Date.now() + 24 * HOUR } });
        }
      } catch { break; } // offline: again when the connection is back
    }
    sending = false;
  };
  addEventListener("online", send);

  const make = (tag, set, ...inside) => {
    const made = Object.assign(document.createElement(tag), set);
    made.append(...inside);
    return made;
  };
  const style = new CSSStyleSheet();
  style.replaceSync(`
    :host { color-scheme: inherit; }
    * { box-sizing: border-box; font: inherit; }
    section { --paper: #fbf9f4; --ink: #1c1a17; --soft: #57524a; --accent: #26417f; --on: #fff;
      position: fixed; z-index: 2147483000; right: 1rem; bottom: 1rem; width: min(26rem, calc(100vw - 2rem));
      max-height: min(70dvh, 30rem); overflow: auto; padding: 1rem 1.25rem 1.25rem; border: 1px solid #8a8377; border-radius: 2px;
      background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, "Hiragino Sans", "Noto Sans JP", sans-serif;
      animation: up .2s ease-out; }
    @keyframes up { from { transform: translateY(1rem); opacity: 0; } }
    fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
    legend { padding: 0; font-weight: 600; }
    small { display: block; color: var(--soft); font-size: .8125rem; min-height: 1.3em; }
    .scale, .deeds { display: flex; flex-wrap: wrap; gap: .375rem; margin-top: .5rem; }
    .ends { display: flex; justify-content: space-between; gap: 1rem; }
    .scale label { flex: 1 0 2.25rem; min-height: 2.75rem; display: grid; place-content: center; text-align: center; padding: .25rem;
      border: 1px solid #8a8377; border-radius: 2px; cursor: pointer; }
    .scale.wide label { flex-basis: 5rem; } .scale.list label { flex-basis: 100%; text-align: start; place-content: center start; padding-inline: .75rem; }
    .face { font-size: 1.75rem; line-height: 1.2; }
    input { position: absolute; opacity: 0; }
    label:has(:checked) { background: var(--accent); color: var(--on); border-color: var(--accent); }
    label:has(:focus-visible), :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    textarea { display: block; width: 100%; min-height: 5rem; margin-top: .5rem; padding: .5rem; border: 1px solid #8a8377;
      border-radius: 2px; background: transparent; color: inherit; }
    button { min-height: 2.75rem; flex: 1 0 auto; padding: .5rem 1rem; border: 1px solid #8a8377; border-radius: 2px;
      background: none; color: inherit; cursor: pointer; }
    button.next { background: var(--accent); border-color: var(--accent); color: var(--on); font-weight: 600; }
    @media (max-width: 480px) { section { inset: auto 0 0; width: auto; border-width: 1px 0 0; } }
    @media (prefers-reduced-motion: reduce) { section { animation: none; } }
    @media (prefers-color-scheme: dark) {
      section { --paper: #171612; --ink: #ece8df; --soft: #b3ac9e; --accent: #a3b7ec; --on: #10131c; }
    }`);

  const show = (person) => {
    const { ask, id, step, values } = mine(person);
    const words = ask.words, host = make("div", { lang: ask.language });
    const root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [style];
    const sheet = make("section", {});
    sheet.setAttribute("aria-label", ask.steps[0].words);
    root.append(sheet);
    document.body.append(host);
    let given = { ...values }, place = step || 0;
    const button = (text, act, next) => make("button", { type: "button", className: next ? "next" : "", onclick: act }, text);
    const end = (declined) => {
      mine(person, { done: true, values: declined ? {} : given, at: new Date().toISOString() });
      send();
      if (declined) return host.remove();
      const said = make("p", { tabIndex: -1 }, navigator.onLine ? words.thanks : words.kept);
      said.setAttribute("role", "status");
      sheet.replaceChildren(said);
      said.focus();
      setTimeout(() => host.remove(), 6000);
    };
    const draw = (moved) => {
      const one = ask.steps[place], last = place === ask.steps.length - 1;
      const box = make("fieldset", {}, make("legend", { tabIndex: -1 }, one.words));
      const wrong = make("small", {});
      wrong.setAttribute("role", "alert");
      if (one.kind === "text") {
        const text = make("textarea", { name: one.key, maxLength: 5000, value: given[one.key] || "" });
        text.setAttribute("aria-label", one.words);
        text.oninput = () => mine(person, { values: { ...given, [one.key]: text.value.trim() } });
        box.append(text);
      } else {
        const wide = one.kind === "smileys" ? " wide" : one.kind === "choice" ? " list" : "";
        box.append(make("div", { className: `scale${wide}` }, ...one.options.map((option) => {
          const input = make("input", { type: "radio", name: one.key, value: option.value, checked: given[one.key] === option.value });
          input.onchange = () => { given[one.key] = option.value; mine(person, { values: given }); };
          const face = make("span", { className: "face" }, option.face || "");
          face.setAttribute("aria-hidden", "true");
          return make("label", {}, input, ...(option.face ? [face] : []), option.label);
        })));
        if (one.kind === "scale") box.append(make("small", { className: "ends" }, make("span", {}, one.low), make("span", {}, one.high)));
      }
      const go = (skip) => {
        const text = box.querySelector("textarea");
        if (text && text.value.trim()) given[one.key] = text.value.trim();
        if (skip) delete given[one.key];
        else if (!text && given[one.key] === undefined) { wrong.textContent = words.choose; return; }
        if (last) return end(!Object.keys(given).length);
        mine(person, { values: given, step: ++place });
        draw(true);
      };
      const told = words.progress.replace("%1", place + 1).replace("%2", ask.steps.length);
      sheet.replaceChildren(...(ask.steps.length > 1 ? [make("small", {}, told)] : []), box, wrong,
        make("div", { className: "deeds" }, button(last ? words.send : words.next, () => go(), true),
          button(words.skip, () => go(true)), button(words.close, () => end(true))));
      if (moved) box.querySelector("legend").focus();
    };
    sheet.onkeydown = (event) => { if (event.key === "Escape") end(true); };
    mine(person, { id, began: mine(person).began || Date.now() });
    draw(false);
  };

  // Called by the product once it knows who is there; the server says whether to ask.
  const start = async ({ person, signature = "" }) => {
    person = String(person);
    await send();
    const kept = mine(person);
    if (kept.done || kept.rest > Date.now()) return;
    if (!kept.ask) {
      try {
        const answer = await post("ask/", { person, signature, language: document.documentElement.lang.slice(0, 2) });
        if (!answer.ok) return console.warn("Shinrai:", (await answer.json()).detail);
        const told = await answer.json();
        if (!told.ask) return mine(person, { rest: Date.now() + HOUR });
        const id = Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
        mine(person, { ask: told, id, signature, values: {} });
      } catch { return; }
    }
    show(person);
  };
  window.Shinrai = { ...window.Shinrai, survey: (asked) => document.body ? start(asked) : addEventListener("DOMContentLoaded", () => start(asked)) };
  send();
})
