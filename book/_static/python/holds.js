// "Does it hold?": what the reader typed goes to mcbook.inpage.identity, and the verdict is shown.
(() => {
  const place = document.querySelector(".mc-holds");
  const form = place?.querySelector("form");
  if (!form) return; // a copy of the book that was built without Python
  const box = form.elements.identity;
  const [run, stop, link] = ["run", "stop", "link"].map((name) => form.querySelector(`[data-do=${name}]`));
  const [shown, fields, verdict] = [".mc-typeset", ".mc-letters", ".mc-identity-verdict"].map((name) => form.querySelector(name));
  const said = window.mcControls.status(form.querySelector(".mc-python-status"));
  const python = new window.mcPython(said);
  const KINDS = { number: "random number", vector: "random vector", matrix: "random matrix", values: "numbers", function: "function" };
  const HINTS = { number: "", vector: "3", matrix: "3 x 2", values: "[1, -2, 3]", function: "lambda x: x @ x" };
  let letters = {}; // the field of each letter: name -> [kind, text]
  let own = {}; // those of them that the reader, a link or the list has filled in; Python chooses the others
  let wanted = 0; // the last text that was asked about

  const typeset = (latex) => {
    try { window.temml.render(latex, shown, { displayMode: true, throwOnError: true }); } catch { shown.textContent = latex; }
  };

  const field = (name, [kind, text]) => {
    const row = document.createElement("div");
    row.className = "mc-letter";
    row.innerHTML = '<label><code></code> is a <select></select></label> <input type="text" autocomplete="off" autocapitalize="off" spellcheck="false">';
    const [select, input] = [row.querySelector("select"), row.querySelector("input")];
    row.querySelector("code").textContent = name;
    select.append(...Object.entries(KINDS).map(([value, words]) => new Option(words, value, false, value === kind)));
    select.setAttribute("aria-label", `what ${name} is`);
    input.setAttribute("aria-label", `the ${kind === "vector" ? "size" : kind === "matrix" ? "shape" : "value"} of ${name}`);
    Object.assign(input, { value: text, placeholder: HINTS[kind], hidden: kind === "number", size: Math.max(8, text.length) });
    select.addEventListener("change", () => {
      letters[name] = own[name] = [select.value, HINTS[select.value]];
      row.replaceWith(field(name, letters[name]));
      fields.querySelector(`[data-name="${CSS.escape(name)}"] select`).focus();
    });
    input.addEventListener("input", () => { letters[name] = own[name] = [select.value, input.value]; });
    row.dataset.name = name;
    return row;
  };
  const draw = () => fields.replaceChildren(...Object.entries(letters).map(([name, one]) => field(name, one)));

  // What is typed is typeset and its letters get fields as soon as Python is there; before that, LaTeX is typeset as it is.
  const look = async () => {
    const text = box.value;
    const mine = ++wanted;
    if (!text.trim()) return shown.replaceChildren();
    if (!python.worker) return /[\\^_{]/.test(text) ? typeset(text) : (shown.textContent = text);
    const found = await python.ask("letters", { text, given: own }).catch(() => undefined);
    if (!found || mine !== wanted) return undefined;
    if (found.latex) typeset(found.latex);
    letters = found.letters;
    return draw();
  };

  const go = async () => {
    if (run.disabled) return;
    run.disabled = true;
    stop.hidden = false;
    verdict.setAttribute("aria-busy", "true");
    try {
      await python.start();
      await look();
      said("Trying it");
      const { kind, html } = await python.ask("identity", { text: box.value, given: letters });
      verdict.className = `mc-identity-verdict mc-${kind}`;
      verdict.replaceChildren(...window.mcControls.harmless(html));
      said("");
    } catch (error) {
      said(error.message === "stopped" ? "Stopped. Try again starts Python again." : `Python could not run: ${error.message}`);
    }
    verdict.removeAttribute("aria-busy");
    run.disabled = false;
    stop.hidden = true;
  };

  const put = (text, given) => {
    box.value = text;
    letters = own = given;
    verdict.replaceChildren();
    draw();
    look();
  };

  box.addEventListener("input", () => {
    if (!box.value.trim()) own = {}; // another identity: its letters are chosen again
    look();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); go(); }
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); go(); });
  stop.addEventListener("click", () => { python.stop(); run.focus(); });
  link.addEventListener("click", async () => {
    history.replaceState(null, "", `#identity=${window.mcControls.packed([box.value, letters])}`);
    const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
    said(`The address of this page now holds the identity${copied ? "; it is copied" : ""}.`);
  });
  for (const button of place.querySelectorAll(".mc-try")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      put(...JSON.parse(button.dataset.identity));
      form.scrollIntoView({ block: "start" });
      go();
    });
  }
  form.hidden = false;

  const given = location.hash.match(/^#identity=([\w-]+)$/);
  const first = place.querySelector(".mc-try");
  try {
    put(...(given ? window.mcControls.unpacked(given[1]) : JSON.parse(first.dataset.identity)));
    if (given) said("This identity came with the link. Press the button to try it.");
  } catch {
    said("The link holds no identity that can be read.");
  }
})();
