// Exercises whose answer is a formula or code: Python judges them, and is loaded when the first one is checked.
window.mcWritten = (() => {
  const here = document.currentScript.src.replace(/[^/]*$/, "");
  const PATIENCE = 20_000; // a loop that Python itself cannot end is ended after so many milliseconds
  const loaded = {};
  const load = (name) => (loaded[name] ??= new Promise((done, failed) => {
    const css = name.endsWith(".css");
    const element = Object.assign(document.createElement(css ? "link" : "script"), css ? { rel: "stylesheet", href: here + name } : { src: here + name });
    Object.assign(element, { onload: done, onerror: () => failed(new Error(`${name} is missing`)) });
    document.head.append(element);
  }));
  const element = (html) => {
    const held = document.createElement("div");
    held.innerHTML = html;
    return held.firstElementChild;
  };

  // One Python serves all exercises of the page; each says in its own place what is going on.
  let python, speak = () => undefined;
  const begin = async () => {
    await Promise.all(["python.js", "controls.js"].map(load));
    python ??= new window.mcPython((...words) => speak(...words));
  };
  const judge = async (place, name, part, entered) => {
    const stop = place.querySelector("[data-do=stop]");
    let timer;
    try {
      await begin();
      speak = window.mcControls.status(place.querySelector(".mc-python-status"));
      stop.hidden = false;
      stop.onclick = () => python.stop();
      await python.start();
      speak("Checking");
      timer = setTimeout(() => python.stop(), PATIENCE);
      const judged = await python.ask("check", { name, part, entered });
      speak("");
      return judged;
    } catch (error) {
      speak(error.message === "stopped" ? "Stopped: it did not come to an end." : `Python could not run: ${error.message}`);
      return undefined;
    } finally {
      clearTimeout(timer);
      stop.hidden = true;
    }
  };
  const STATUS = '<div class="mc-python-status"></div><button type="button" data-do="stop" hidden>Stop</button>';

  // A box that becomes an editor as soon as a reader goes there.
  const code = (part, label) => {
    const place = element(`<div class="mc-written"><textarea class="mc-code-box" rows="6" spellcheck="false" autocapitalize="off" autocomplete="off"></textarea>
      <p class="mc-small"><code>np</code> is NumPy. Tab indents; to leave the box, press Escape, then Tab.</p>${STATUS}</div>`);
    const box = place.querySelector("textarea");
    box.setAttribute("aria-label", `${label}, code`);
    box.value = part.wanted.start;
    load("python.css");
    let editor;
    box.addEventListener("focus", async () => {
      await load("editor.js");
      if (editor) return;
      const frame = element('<div class="mc-editor"></div>');
      box.before(frame);
      editor = window.mcEditor(frame, { text: box.value, label: `${label}, code`, run: () => place.closest("form").requestSubmit() });
      box.hidden = true;
      editor.focus();
    });
    const get = () => (editor ? editor.get() : box.value);
    return {
      element: place,
      get: () => (get().trim() === part.wanted.start.trim() ? "" : get()),
      set: (value) => { box.value = value; editor?.set(value); },
      clear: () => { box.value = part.wanted.start; editor?.set(box.value); },
      judge: (name, k, entered) => judge(place, name, k, entered),
    };
  };

  // A line for a formula, typeset below the help: LaTeX at once, plain text as soon as Python has read it.
  const formula = (part, label) => {
    const place = element(`<div class="mc-written"><div class="mc-call"><span class="mc-of"></span><input type="text" autocomplete="off"
      autocapitalize="off" spellcheck="false" enterkeyhint="done"></div>
      <p class="mc-small">Write LaTeX or plain text, such as <code>A (dL/dZ)^T</code>.</p><div class="mc-typeset"></div>${STATUS}</div>`);
    const [of, input, shown] = [".mc-of", "input", ".mc-typeset"].map((name) => place.querySelector(name));
    of.innerHTML = part.wanted.of; // MathML, typeset by the build
    input.setAttribute("aria-label", `${label}, formula`);
    load("python.css");
    const typeset = async () => {
      const text = input.value;
      if (!text.trim()) return shown.replaceChildren();
      await load("temml.js");
      const latex = python?.worker ? (await python.ask("read", { text }).catch(() => ({}))).latex : /[\\^_{]/.test(text) ? text : undefined;
      if (text !== input.value) return undefined; // more was typed meanwhile
      try { window.temml.render(latex ?? "", shown, { throwOnError: true }); } catch { shown.replaceChildren(); }
    };
    input.addEventListener("input", typeset);
    return {
      element: place,
      get: () => input.value.trim(),
      set: (value) => { input.value = value; typeset(); },
      clear: () => { input.value = ""; typeset(); },
      judge: async (name, k, entered) => {
        const judged = await judge(place, name, k, entered);
        typeset();
        return judged;
      },
    };
  };
  // The question of an exercise with other numbers, as Python draws them; nothing where Python cannot be had.
  const another = async (place, name, draw) => {
    try {
      await Promise.all([begin(), load("temml.js")]);
      const { question, ask } = await python.ask("another", { name, draw });
      const held = document.createElement("p");
      held.append(...question.split("$").map((text, k) => {
        if (k % 2 === 0) return text;
        const span = document.createElement("span");
        window.temml.render(text, span);
        return span;
      }));
      return { question: held, ask };
    } catch {
      return undefined;
    }
  };
  return { code, formula, another };
})();
