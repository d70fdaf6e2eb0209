// Puts a button and a dialog into a page of a product: what happened is sent to Shinrai. It sets no
// cookie and loads nothing else. The server calls this function with the form.
(function (form) {
  "use strict";
  const language = document.documentElement.lang.slice(0, 2);
  const spec = form.languages[language] || Object.values(form.languages)[0];
  const words = spec.words;
  const own = document.currentScript;
  const options = { ...(own && own.dataset) }; // data-version, data-user
  let failure = "";
  addEventListener("error", (event) => { failure = event.message || failure; });
  addEventListener("unhandledrejection", (event) => { failure = String(event.reason) || failure; });

  // A stylesheet made by script: a page whose policy forbids inline styles shows it too.
  const style = new CSSStyleSheet();
  style.replaceSync(`
    :host { color-scheme: inherit; }
    * { box-sizing: border-box; font: inherit; }
    button, dialog { font: 1rem/1.6 system-ui, "Hiragino Sans", "Noto Sans JP", sans-serif; }
    button { min-height: 2.75rem; padding: .5rem 1.25rem; border: 1px solid #26417f; border-radius: 2px;
      background: #26417f; color: #fff; font-weight: 600; cursor: pointer; }
    button.quiet { background: none; color: inherit; border-color: #8a8377; font-weight: 400; }
    button:disabled { opacity: .6; cursor: wait; }
    dialog { --paper: #fbf9f4; width: min(34rem, calc(100vw - 1.5rem)); max-height: calc(100dvh - 1.5rem); padding: 1.5rem; overflow: auto;
      border: 1px solid #8a8377; border-radius: 2px; background: var(--paper); color: #1c1a17; }
    dialog::backdrop { background: rgb(0 0 0 / .45); }
    h2 { margin: 0 0 1rem; font-size: 1.35rem; font-weight: 600; line-height: 1.3; }
    label { display: block; margin-top: 1rem; font-weight: 600; }
    input, select, textarea { display: block; width: 100%; min-height: 2.75rem; margin-top: .25rem; padding: .5rem;
      border: 1px solid #8a8377; border-radius: 2px; background: transparent; color: inherit; font-weight: 400; }
    option { background: var(--paper); color: inherit; }
    small { display: block; margin-top: .25rem; font-size: .8125rem; color: #57524a; font-weight: 400; }
    .said { padding: .75rem 1rem; border-left: 3px solid #b5301a; background: #fae8e2; margin: 0; flex: 1 0 100%; }
    .said:empty { display: none; }
    .trap { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    .deeds { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: .5rem; position: sticky; bottom: -1.5rem;
      padding-block: .75rem 1.5rem; margin-bottom: -1.5rem; background: var(--paper); }
    :focus-visible { outline: 2px solid #26417f; outline-offset: 2px; }
    @media (prefers-color-scheme: dark) {
      dialog { --paper: #171612; color: #ece8df; }
      small { color: #b3ac9e; }
      .said { background: #3a2019; border-color: #ff9077; }
      dialog button:not(.quiet) { background: #a3b7ec; border-color: #a3b7ec; color: #10131c; }
      :focus-visible { outline-color: #a3b7ec; }
    }`);

  const make = (tag, set, ...inside) => {
    const made = Object.assign(document.createElement(tag), set);
    made.append(...inside);
    return made;
  };
  // A help is described-by, not part of the label, so that it is read after the field's name.
  const field = (title, input, help) => {
    const parts = [make("label", { htmlFor: input.id }, title), input];
    if (help) {
      input.setAttribute("aria-describedby", `${input.id}-help`);
      parts.push(make("small", { id: `${input.id}-help` }, help));
    }
    return parts;
  };
  const named = (tag, name, set) => make(tag, { id: name, name, ...set });

  const host = make("div", { lang: spec.language });
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [style];
  const category = named("select", "category", { required: true });
  category.append(new Option(words.choose, ""), ...spec.categories.map((one) => new Option(one.title, one.key)));
  const files = named("input", "files", { type: "file", multiple: true, accept: form.accept });
  const mail = named("input", "mail", { type: "email", autocomplete: "email", required: spec.mail === "required" });
  const optional = (title) => `${title} ${words.optional}`;
  const trap = make("div", { className: "trap" }, make("input", { name: "homepage", tabIndex: -1, autocomplete: "off" }));
  trap.setAttribute("aria-hidden", "true");
  const said = make("p", { className: "said" });
  said.setAttribute("role", "alert");
  const send = make("button", {}, words.send);
  const close = () => make("button", { type: "button", className: "quiet", onclick: () => dialog.close() }, words.close);
  const asked = make("form", {},
    ...field(words.category, category),
    ...field(words.words, named("textarea", "words", { required: true, rows: 5, maxLength: 5000 }), words.words_help),
    ...field(words.happened, named("input", "happened_at", { type: "datetime-local" }), words.happened_help),
    ...(spec.mail === "no" ? [] : field(spec.mail === "optional" ? optional(words.mail) : words.mail, mail)),
    ...(spec.takes_files ? field(optional(words.files), files, words.files_help) : []),
    trap, make("small", {}, words.along), make("div", { className: "deeds" }, said, send, close()));
  const title = make("h2", { id: "title", tabIndex: -1 }, spec.title);
  const dialog = make("dialog", {}, title, asked);
  dialog.setAttribute("aria-labelledby", "title");
  const button = make("button", { type: "button", onclick: () => open() }, words.open);
  root.append(button, dialog);

  let id = "";
  const open = () => {
    id = id || Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
    dialog.showModal();
  };

  asked.onsubmit = async (event) => {
    event.preventDefault();
    if (send.disabled) return; // sent twice, it would be stored once all the same
    const data = new FormData(asked);
    if (data.get("happened_at")) data.set("happened_at", new Date(data.get("happened_at")).toISOString());
    const along = {
      id,
      screen: options.screen || location.pathname || document.title,
      version: options.version, last_failure: options.lastFailure || failure, user: options.user, device: options.device,
    };
    for (const [name, value] of Object.entries(along)) if (value) data.set(name, value);
    for (const one of options.files || []) data.append("files", one);
    const chosen = data.getAll("files").filter((one) => one.size);
    if (chosen.length > form.most || chosen.some((one) => one.size > form.most_bytes)) {
      said.textContent = words.files_help;
      return files.focus();
    }
    send.disabled = true;
    send.textContent = words.sending;
    said.textContent = "";
    try {
      const answer = await fetch(`${form.address}?lang=${spec.language}`, {
        method: "POST", body: data, headers: { Accept: "application/json" }, credentials: "omit",
      });
      const told = await answer.json();
      if (answer.ok) return received(told);
      said.textContent = told.detail || told.title;
      const wrong = told.errors && told.errors[0] && asked.elements[told.errors[0].field];
      if (wrong) wrong.focus();
    } catch { // offline, or no answer that can be read: nothing that was typed is lost
      said.textContent = words.unsent;
    } finally {
      send.disabled = false;
      send.textContent = words.send;
    }
  };

  const received = (told) => {
    asked.reset();
    id = "";
    title.textContent = words.arrived;
    const lines = [told.due_text || words.read, told.number_text].filter(Boolean).map((line) => make("p", {}, line));
    const receipt = make("div", {}, ...lines, make("div", { className: "deeds" }, close()));
    asked.replaceWith(receipt);
    title.focus();
    dialog.onclose = () => { receipt.replaceWith(asked); title.textContent = spec.title; dialog.onclose = null; };
  };

  // The button stands where the script stands; a product with a button of its own calls Shinrai.open().
  const place = () => own && own.parentNode !== document.head ? own.after(host) : document.body.append(host);
  const into = (given) => { Object.assign(options, given); button.hidden = !!options.ownButton; };
  window.Shinrai = { ...window.Shinrai, form: into, open };
  into({});
  if (document.body) place(); else addEventListener("DOMContentLoaded", place);
})
