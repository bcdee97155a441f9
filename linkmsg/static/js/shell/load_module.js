// Loads modules that are needed only now. Firefox remembers a failed import until the page is reloaded, also of a file that
// the module imports. So all files are fetched first, and the import reads them from the browser's cache.
import { toast } from "./page.js";

const fetched = new Set();

/** Return the module `name` of `js/`, such as "shell/toasts". If it can't be had, return nothing and show `failure` with the reason. */
export async function loadModule(name, failure) {
  const { href } = new URL(`../${name}.js`, import.meta.url);
  let reason = navigator.onLine ? ": the server can’t be reached." : ": you’re offline.";
  try {
    await fetchAll(href);
    reason = ". Reload the page and try again.";
    return await import(href);
  } catch (error) {
    console.info(error);
    if (failure) toast(failure + reason);
  }
}

/** Load a module that the page can do without for a moment, when everything else has been loaded. */
export function loadLater(name) {
  const whenIdle = window.requestIdleCallback ?? setTimeout;
  return new Promise((resolve) => {
    const start = () => whenIdle(() => resolve(loadModule(name)), { timeout: 2000 });
    if (document.readyState === "complete") start();
    else window.addEventListener("load", start, { once: true });
  });
}

async function fetchAll(url) {
  if (fetched.has(url)) return;
  const answer = await fetch(url);
  if (!answer.ok) throw answer.status;
  const links = [...(await answer.text()).matchAll(/\b(?:from|import)\s*"(\.[^"]+)"/g)];
  await Promise.all(links.map(([, link]) => fetchAll(new URL(link, url).href)));
  fetched.add(url);
}
