// Loaded before the page is shown: what the theme expects as globals, the colours, and the button of the drawer.
"use strict";
{
  const site = new URL("..", document.currentScript.src);
  // Several sites may share a host, so settings are kept under the path of this one.
  const name = (key, scope) => `${scope.pathname}.${key}`;

  window.__md_scope = site;
  window.__md_hash = (text) => [...text].reduce((sum, char) => (sum * 33 + char.codePointAt(0)) | 0, 5381);
  // A browser may refuse storage; then nothing is remembered and everything else works.
  window.__md_get = (key, storage, scope = site) => {
    try {
      return JSON.parse((storage ?? localStorage).getItem(name(key, scope)));
    } catch {
      return null;
    }
  };
  window.__md_set = (key, value, storage, scope = site) => {
    try {
      (storage ?? localStorage).setItem(name(key, scope), JSON.stringify(value));
    } catch {
      // see above
    }
  };

  const chosen = window.__md_get("__palette")?.color?.scheme;
  const scheme = chosen ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "slate" : "default");
  // The observer runs before the first paint, and there is no body yet.
  new MutationObserver((_changes, observer) => {
    if (document.body) {
      observer.disconnect();
      document.body.setAttribute("data-md-color-scheme", scheme);
    }
  }).observe(document.documentElement, { childList: true });

  // A page that is opened with a question keeps room for the answer.
  if (location.search) document.documentElement.classList.add("fault-asked");

  document.addEventListener("DOMContentLoaded", () => {
    const drawer = document.getElementById("__drawer");
    const button = document.querySelector(".fault-menu");
    const tell = () => button.setAttribute("aria-expanded", String(drawer.checked));
    const set = (open) => {
      drawer.checked = open;
      tell();
    };
    button.addEventListener("click", () => {
      set(!drawer.checked);
      if (drawer.checked) document.querySelector(".fault-nav a").focus();
    });
    drawer.addEventListener("change", tell);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && drawer.checked) {
        set(false);
        button.focus();
      }
    });
  });
}
