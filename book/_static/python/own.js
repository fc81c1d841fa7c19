// "Your own function": what the reader typed goes to mcbook.inpage.examination, and its blocks are shown.
(() => {
  const own = document.querySelector(".mc-own");
  const form = own?.querySelector("form");
  if (!form) return; // a copy of the book that was built without Python
  const [code, at] = [form.elements.code, form.elements.at];
  const [run, stop, link] = ["run", "stop", "link"].map((name) => form.querySelector(`[data-do=${name}]`));
  const results = own.querySelector(".mc-results");
  const worked = [...own.querySelectorAll(".mc-own-worked details")];
  const said = window.mcControls.status(form.querySelector(".mc-python-status"));
  const python = new window.mcPython(said);

  const go = async () => {
    if (python.running) return;
    stop.hidden = false;
    run.disabled = true;
    results.setAttribute("aria-busy", "true");
    const started = performance.now();
    try {
      await python.start();
      said("Running");
      const { html, kinds } = await python.ask("examine", { code: code.value, at: at.value });
      results.replaceChildren(...window.mcControls.harmless(html));
      const seconds = (performance.now() - started) / 1000;
      said(kinds.includes("error") ? "That didn’t work yet; the reason is below." : `Done in ${seconds.toFixed(seconds < 0.1 ? 3 : 1)} s; the results are below.`);
    } catch (error) {
      said(error.message === "stopped" ? "Stopped. Run starts Python again." : `Python could not run: ${error.message}`);
    }
    results.removeAttribute("aria-busy");
    run.disabled = false;
    stop.hidden = true;
  };

  const show = (example) => {
    code.value = example.querySelector(".mc-code").textContent.trimEnd();
    at.value = example.querySelector(".mc-at").textContent;
    fit();
    results.replaceChildren(...[...example.querySelector(".mc-blocks").cloneNode(true).childNodes]);
    said("These results were computed when the book was built. Change the code and run it.");
  };

  const fit = window.mcControls.editor(code, go);
  form.addEventListener("submit", (event) => { event.preventDefault(); go(); });
  stop.addEventListener("click", () => { python.stop(); run.focus(); });
  link.addEventListener("click", async () => {
    history.replaceState(null, "", `#code=${window.mcControls.packed([code.value, at.value])}`);
    const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
    said(`The address of this page now holds your code${copied ? "; it is copied" : ""}.`);
  });
  worked.forEach((example, k) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = example.querySelector("summary").textContent;
    button.addEventListener("click", () => show(example));
    form.querySelector(".mc-starts").append(k ? " " : "", button);
  });
  own.querySelector(".mc-own-worked").hidden = true;
  form.hidden = false;

  const given = location.hash.match(/^#code=([\w-]+)$/);
  show(worked[0]);
  if (given) {
    try {
      [code.value, at.value] = window.mcControls.unpacked(given[1]);
      results.replaceChildren();
      said("This code came with the link. Read it before you run it.");
      fit();
    } catch {
      said("The link contains no readable code, so here is an example.");
    }
  }
})();
