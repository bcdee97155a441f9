// Modules that only some fields need are loaded when one of these gets the focus.
import { loadModule } from "./load_module.js";

const load = ({ dataset }) => dataset.module && loadModule(dataset.module);

document.addEventListener("focusin", ({ target }) => load(target));
load(document.activeElement ?? document.body);

// Words such as "Today" and "5 minutes ago" become untrue while the page is open.
(function drawTimes() {
  setTimeout(async () => await loadModule("shell/relative_times") || drawTimes(), 60000 - Date.now() % 60000);
})();
