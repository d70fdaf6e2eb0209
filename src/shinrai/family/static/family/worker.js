// Shows a notice of Shinrai in a browser that a guardian chose. It keeps nothing and reads no page.
"use strict";
self.addEventListener("push", (event) => {
  const said = event.data ? event.data.json() : {};
  const shown = { data: said.url, tag: said.url, icon: "/static/console/icon.svg" };
  event.waitUntil(self.registration.showNotification(String(said.title || "Shinrai"), shown));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const there = new URL(String(event.notification.data || "/family/"), self.location.origin);
  if (there.origin !== self.location.origin) return;
  event.waitUntil(self.clients.openWindow(there.href));
});
