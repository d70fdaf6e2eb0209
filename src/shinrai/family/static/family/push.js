// The button by which a guardian is told in this browser: asks the browser, then posts the form.
"use strict";
(function () {
  const form = document.querySelector("form[data-push-key]");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const button = form.querySelector("button");
  form.hidden = false;
  const text = form.dataset.pushKey.replace(/-/g, "+").replace(/_/g, "/");
  const key = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const place = { scope: "/family/" };
      await navigator.serviceWorker.register(form.dataset.pushWorker, place);
      const { pushManager } = await navigator.serviceWorker.ready;
      const asked = { userVisibleOnly: true, applicationServerKey: key };
      form.elements.subscription.value = JSON.stringify(await pushManager.subscribe(asked));
      form.submit();
    } catch {
      button.disabled = false;
      form.querySelector("[role=alert]").hidden = false;
    }
  });
})();
