// The button on a chapter: everything else is loaded when a reader presses it.
(() => {
  const here = document.currentScript.src.replace(/[^/]*$/, "");
  const bar = document.querySelector(".mc-runner");
  if (!bar) return;
  const load = (name) => new Promise((done, failed) => {
    const element = document.createElement(name.endsWith(".css") ? "link" : "script");
    if (name.endsWith(".css")) Object.assign(element, { rel: "stylesheet", href: here + name });
    else element.src = here + name;
    Object.assign(element, { onload: done, onerror: failed });
    document.head.append(element);
  });
  const [button] = bar.querySelectorAll("button");
  button.addEventListener("click", async () => {
    button.disabled = true;
    await Promise.all(["python.css", "python.js", "controls.js", `cells/${bar.dataset.cells}.js`].map(load));
    await load("chapter.js");
  }, { once: true });
  bar.hidden = false;
})();
