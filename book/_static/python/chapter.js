// A chapter whose code can be changed and run: boxes in place of printed code, outputs in place of printed ones,
// always from the top, so that the page never shows what its code does not say. "Back" restores what was printed.
(() => {
  const bar = document.querySelector(".mc-runner");
  const printed = bar.innerHTML;
  const cells = window.mcCells.map(({ cell, code, check }) => ({ cell, code, check, place: document.querySelector(`.mc-cell-${cell}`) }));
  const editor = window.mcControls.editor;
  const root = document.documentElement;
  const home = document.createComment("");
  const room = new ResizeObserver(() => { root.style.scrollPaddingTop = `${parseFloat(getComputedStyle(bar).top) + bar.offsetHeight + 8}px`; });
  let python, said, buttons, pictures, again;

  const open = (one, k) => {
    const input = one.place?.querySelector(".cell_input");
    one.output = one.place?.querySelector(".cell_output");
    one.box = undefined;
    if (one.place && !one.output) {
      one.output = document.createElement("div");
      one.output.className = "cell_output docutils container";
      one.added = true;
      (input?.closest("details") ?? input ?? one.place.lastElementChild).after(one.output);
    }
    one.was = [...(one.output?.childNodes ?? [])];
    if (!input) return;
    one.box = document.createElement("textarea");
    Object.assign(one.box, { className: "mc-code-box", value: one.code, spellcheck: false, autocapitalize: "off", autocomplete: "off" });
    one.box.setAttribute("aria-label", `code of cell ${k + 1}; Tab indents, Escape and then Tab leaves, Control and Enter runs the page`);
    input.hidden = true;
    input.after(one.box);
    const fit = editor(one.box, run);
    input.closest("details")?.addEventListener("toggle", fit);
  };

  const close = (one) => {
    if (one.box) {
      one.box.previousElementSibling.hidden = false;
      one.box.remove();
    }
    if (one.added) one.output.remove();
    else one.output?.replaceChildren(...one.was);
    one.output?.classList.remove("mc-not-run");
    for (const [id] of one.check ?? []) sign(id, false);
  };

  const sign = (id, fails) => {
    const mark = id && document.querySelector(`[popovertarget="${id}"]`);
    if (!mark) return;
    mark.classList.toggle("mc-failed", fails);
    mark.firstElementChild.textContent = fails ? "✗" : "✓";
  };

  // Each statement of a cell that checks runs by itself, so that its own mark tells whether it holds.
  const check = async (one) => {
    const wrong = new Map();
    for (const [id, code] of one.check) {
      const result = await python.ask("cell", { source: code });
      if (!result.goes_on) return result;
      wrong.set(id, [...(wrong.get(id) ?? []), ...(result.fault ? [result.fault] : [])]);
    }
    for (const [id, faults] of wrong) sign(id, faults.length > 0);
    const faults = [...wrong.values()].flat();
    return { html: "", fault: faults.join("; ") || undefined, goes_on: true };
  };

  const show = (one, { html, fault, left_out: leftOut }) => {
    if (!one.output) return;
    one.output.classList.remove("mc-not-run");
    if (leftOut && !fault) return one.output.replaceChildren(...one.was);
    one.output.innerHTML = html;
    one.output.querySelectorAll(".mc-explorer").forEach(enliven);
  };

  // An explorer drawn here has one frame; a control that moves asks for another. While one is drawn, only the last wish counts.
  const enliven = (explorer) => {
    const [frame, numbers, said] = ["frame", "numbers", "said"].map((name) => explorer.querySelector(`.mc-${name}`));
    const controls = [...explorer.querySelectorAll(".mc-control")].map((control) => [...control.querySelectorAll("input")]);
    const wish = () => controls.map((inputs) => (inputs[0].type === "range" ? Number(inputs[0].value) : inputs.findIndex((input) => input.checked)));
    let drawing = false;
    explorer.querySelector("script")?.remove();
    const draw = async () => {
      if (drawing || !python.worker) return;
      drawing = true;
      for (let at; String(at) !== String(wish());) {
        at = wish();
        const got = await python.ask("frame", { sketch: Number(explorer.dataset.sketch), at }).catch(() => undefined);
        if (!got) break;
        frame.innerHTML = got.picture;
        frame.setAttribute("aria-label", got.said ? `${got.alt}. ${got.said}` : got.alt);
        if (numbers) numbers.innerHTML = got.tables;
        said.textContent = got.said;
        controls.forEach(([first], axis) => {
          if (first.type !== "range") return;
          first.setAttribute("aria-valuetext", got.texts[axis]);
          first.nextElementSibling.textContent = got.texts[axis];
        });
      }
      drawing = false;
    };
    controls.flat().forEach((input) => input.addEventListener("input", draw));
  };

  const run = async () => {
    if (buttons.run.disabled) {
      again = true; // asked for while it runs: once more, with what the page says then
      return;
    }
    busy(true);
    const draw = pictures.checked;
    const started = performance.now();
    const failed = [];
    let asPrinted = 0;
    let last = -1;
    try {
      await (draw ? python.pictures() : python.start());
      await python.ask("begin", { pictures: draw });
      for (const [k, one] of cells.entries()) {
        said(`Running cell ${k + 1} of ${cells.length}`);
        const result = one.check && !one.box ? await check(one) : await python.ask("cell", { source: one.box?.value ?? one.code });
        show(one, result);
        last = k;
        asPrinted += result.left_out && !result.fault ? 1 : 0;
        if (result.fault) failed.push([k, result.fault]);
        if (!result.goes_on) break;
      }
      for (const one of cells.slice(last + 1)) one.output?.classList.add("mc-not-run");
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      said(words(failed, last, seconds, asPrinted));
    } catch (error) {
      again = false;
      said(error.message === "stopped" ? "Stopped. Run starts Python again." : `Python could not run: ${error.message}`);
    }
    if (!bar.classList.contains("mc-running")) return;
    busy(false);
    if (again) {
      again = false;
      run();
    }
  };

  const words = (failed, last, seconds, asPrinted) => {
    if (last < cells.length - 1) return `Cell ${last + 1} failed, the cells after it did not run: ${failed.at(-1)[1]}`;
    const pictured = asPrinted ? ` Pictures are as printed (${asPrinted}).` : "";
    if (failed.length) return `${cells.length} cells ran in ${seconds} s. This does not hold now: ${failed.map(([, fault]) => fault).join("; ")}.${pictured}`;
    return `${cells.length} cells ran in ${seconds} s, and every statement holds.${pictured}`;
  };

  const busy = (is) => {
    buttons.run.disabled = is;
    buttons.stop.hidden = !is;
  };

  const begin = () => {
    bar.before(home); // at the top of the page: a bar that sticks ends with the section that it stands in
    document.querySelector("article h1").after(bar);
    bar.classList.add("mc-running");
    bar.innerHTML = `<button type="button" data-do="run">Run all</button> <button type="button" data-do="stop" hidden>Stop</button>
      <div class="mc-python-status"></div><button type="button" data-do="more" aria-expanded="false" aria-controls="mc-bar-more">More</button>
      <div class="mc-bar-more" id="mc-bar-more"><label><input type="checkbox" data-do="pictures"> draw the pictures</label>
      <button type="button" data-do="back">Back to the printed page</button></div>`;
    buttons = Object.fromEntries([...bar.querySelectorAll("[data-do]")].map((button) => [button.dataset.do, button]));
    pictures = buttons.pictures;
    said = window.mcControls.status(bar.querySelector(".mc-python-status"));
    python = new window.mcPython(said);
    buttons.run.addEventListener("click", run);
    buttons.stop.addEventListener("click", () => { python.stop(); buttons.run.focus(); });
    buttons.back.addEventListener("click", end);
    pictures.addEventListener("change", run);
    buttons.more.addEventListener("click", () => {
      const open = bar.classList.toggle("mc-bar-open");
      buttons.more.setAttribute("aria-expanded", open);
      buttons.more.textContent = open ? "Less" : "More";
    });
    room.observe(bar);
    cells.forEach(open);
    run();
    buttons.run.focus({ preventScroll: true });
  };

  const end = () => {
    python.stop();
    cells.forEach(close);
    room.disconnect();
    root.style.removeProperty("scroll-padding-top");
    bar.classList.remove("mc-running", "mc-bar-open");
    bar.innerHTML = printed;
    home.replaceWith(bar);
    const [button] = bar.querySelectorAll("button");
    button.disabled = false;
    button.addEventListener("click", begin, { once: true });
    button.focus();
  };

  begin();
})();
