// Exercises: the form below a question. The judge is in exercises.js; what is entered stays in this browser.
(() => {
  const KEY = "mc-exercise-";
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes))
      if (name === "class") element.className = value; else if (value !== undefined) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const kept = {
    get: (name) => { try { return JSON.parse(localStorage.getItem(KEY + name)) || {}; } catch { return {}; } },
    set: (name, value) => { try { localStorage.setItem(KEY + name, JSON.stringify(value)); } catch { /* not kept */ } },
    drop: (name) => { try { localStorage.removeItem(KEY + name); } catch { /* nothing there */ } },
  };
  const unpack = (packed) => JSON.parse(new TextDecoder().decode(
    Uint8Array.from(atob([...packed].reverse().join("")), (c) => c.charCodeAt(0))));
  const field = (label, size, attributes = {}) => make("input", { type: "text", "aria-label": label, autocomplete: "off",
    autocapitalize: "off", spellcheck: "false", enterkeyhint: "done", size, ...attributes });

  // One part of an exercise: {element, get, set}; get gives what judge() reads, or null while nothing is entered.
  const PLACEHOLDER = { shape: "rows x columns", pattern: "ab,c->d" };
  const typed = (part, label) => {
    const input = field(label, 15, { placeholder: PLACEHOLDER[part.kind] });
    return { element: make("span", {}, input), get: () => input.value, set: (value) => { input.value = value; } };
  };
  const grid = (part, label) => {
    const column = part.kind === "vector";
    let [rows, columns] = column ? [1, part.wanted.values.length] : part.wanted.shape;
    const cells = make("div", { class: "mc-grid", role: "group", "aria-label": label });
    const body = () => [...cells.children].map((row) => [...row.children].map((cell) => cell.value));
    const draw = () => {
      const before = body();
      cells.replaceChildren(...Array.from({ length: rows }, (_, i) => make("div", { class: "mc-row" },
        ...Array.from({ length: columns }, (_, j) => {
          const cell = field(rows === 1 ? `number ${j + 1}` : `row ${i + 1}, column ${j + 1}`, 5);
          cell.value = before[i]?.[j] ?? "";
          return cell;
        }))));
    };
    const sizes = make("div", { class: "mc-sizes" });
    if (part.resize) {
      [rows, columns] = [2, 2];
      for (const [name, get, set] of [["rows", () => rows, (n) => { rows = n; }], ["columns", () => columns, (n) => { columns = n; }]]) {
        const size = make("input", { type: "number", min: 1, max: 8, value: get(), "aria-label": name });
        size.addEventListener("input", () => { if (size.value >= 1 && size.value <= 8) { set(Number(size.value)); draw(); } });
        sizes.append(make("label", {}, size, ` ${name} `));
      }
    }
    draw();
    return {
      element: make("div", {}, ...(part.resize ? [sizes] : []), cells),
      get: () => body().flat().every((text) => !text.trim()) ? "" : column ? body()[0] : body(),
      set: (value) => {
        const all = Array.isArray(value[0]) ? value : [value];
        if (part.resize) {
          [rows, columns] = [all.length, all[0].length];
          [...sizes.querySelectorAll("input")].forEach((input, k) => { input.value = [rows, columns][k]; });
          draw();
        }
        [...cells.querySelectorAll("input")].forEach((cell, k) => { cell.value = all.flat()[k] ?? ""; });
      },
    };
  };
  const options = (part, name, labels, type) => {
    const boxes = labels.map((label, k) => [make("input", { type, name, value: k + 1 }), label]);
    const element = make("div", { class: "mc-options" }, ...boxes.map(([box, label]) => make("label", {}, box, label)));
    const picked = () => boxes.filter(([box]) => box.checked).map(([box]) => box.value);
    return { element, picked, pick: (values) => boxes.forEach(([box]) => { box.checked = values.includes(box.value); }) };
  };
  const text = (item, k) => {                             // the number is said, too: a formula alone would be no label
    const span = make("span", {}, `${k + 1}. `);
    const only = item.children.length === 1 && item.firstElementChild.tagName === "P" ? item.firstElementChild : item;
    span.append(...only.childNodes);
    return span;
  };
  const build = (part, label, id, lists) => {
    if (part.kind === "truth") {
      const { element, picked, pick } = options(part, id, ["Yes", "No"].map((word) => make("span", {}, word)), "radio");
      return { element, get: () => ({ 1: "yes", 2: "no" })[picked()[0]] ?? "", set: (value) => pick([value === "yes" ? "1" : "2"]) };
    }
    if ((part.kind === "choice" || part.kind === "several") && lists.length) {      // without a list, its number is typed
      const list = lists.shift();
      const { element, picked, pick } = options(part, id, [...list.children].map(text), part.kind === "choice" ? "radio" : "checkbox");
      list.remove();
      return part.kind === "choice" ? { element, get: () => picked()[0] ?? "", set: (value) => pick([value]) }
        : { element, get: () => picked().length ? picked() : "", set: (value) => pick(value) };
    }
    if (part.kind === "match") {
      const [items, partners] = [lists.shift(), lists.shift()];
      const boxes = [...items.children].map((item, k) => {
        const box = make("select", { "aria-label": `partner of item ${k + 1}` }, make("option", { value: "" }, "…"),
          ...[...partners.children].map((_, n) => make("option", { value: n + 1 }, String(n + 1))));
        (item.lastElementChild?.tagName === "P" ? item.lastElementChild : item).append(" ", box);
        return box;
      });
      return { element: null, boxes, get: () => boxes.every((box) => !box.value) ? "" : boxes.map((box) => box.value),
        set: (value) => boxes.forEach((box, k) => { box.value = value[k] ?? ""; }) };
    }
    if (part.kind === "code" || part.kind === "formula") return window.mcWritten[part.kind](part, label);
    return (part.kind === "vector" || part.kind === "matrix" ? grid : typed)(part, label);
  };

  // The button for hints, if there are any, and the place where they appear.
  const hinted = (place) => {
    const hints = [...place.querySelectorAll("template.mc-hint")];
    const given = make("div", { class: "mc-hints", "aria-live": "polite" });
    if (!hints.length) return [[], given];
    const more = make("button", { type: "button" }, "Hint");
    more.addEventListener("click", () => {
      given.append(make("div", {}, hints.shift().content.cloneNode(true)));
      more.textContent = "Another hint";
      more.hidden = !hints.length;
    });
    return [[more], given];
  };

  // The form of an exercise; `draw` counts other numbers, and 0 stands for the printed ones, which alone are kept.
  const start = (place, draw = 0, packed = place.dataset.ask) => {
    const name = place.dataset.name, parts = unpack(packed);
    const lists = [...place.parentElement.querySelectorAll("ol")].filter((list) => !place.contains(list));
    const form = make("form", { class: "mc-form", novalidate: "" });
    const verdict = make("div", { class: "mc-verdict", role: "status" });
    const [more, given] = hinted(place);
    const solution = place.querySelector(".mc-solution");
    const fields = parts.map((part, k) => {
      const one = build(part, part.ask || "Your answer", `ask-${name}-${k}`, lists);
      one.said = make("p", { class: "mc-said-part" });
      if (one.element) form.append(make("fieldset", {}, make("legend", { class: part.ask ? "" : "mc-hidden" }, part.ask || "Your answer"), one.element, one.said));
      else form.append(one.said);
      return one;
    });
    const judgeOne = (part, k) => {
      const entered = fields[k].get();
      if (entered === "") return { right: false, key: "missing", words: mcJudge.say("missing") };
      return fields[k].judge ? fields[k].judge(name, k, entered) : mcJudge.judge(part, entered);
    };
    const tell = (judged) => {
      if (judged.includes(undefined)) return undefined;      // stopped, or Python is not there; the field says so
      const right = judged.every((one) => one.right);
      judged.forEach((one, k) => {
        const alone = parts.length === 1;
        fields[k].said.textContent = alone || judged.every((other) => other.key === "missing") ? "" : one.words;
        fields[k].said.className = `mc-said-part ${one.right ? "mc-right" : one.key === "missing" ? "" : "mc-wrong"}`;
      });
      const none = judged.every((one) => one.key === "missing");
      verdict.className = `mc-verdict ${right ? "mc-right" : none ? "" : "mc-wrong"}`;
      verdict.textContent = right ? "Right." : none ? judged[0].words : parts.length > 1 ? `${judged.filter((one) => one.right).length} of ${parts.length} are right.`
        : `Not yet. ${judged[0].words}`;
      return right;
    };
    // At once, unless Python is asked.
    const judge = (then = () => undefined) => {
      const judged = parts.map(judgeOne);
      if (fields.some((one) => one.judge)) Promise.all(judged).then((all) => then(tell(all)));
      else then(tell(judged));
    };
    const submit = () => judge((right) => {
      if (right === undefined) return;
      if (draw) return;
      if (right) solution.open = true;
      kept.set(name, { right, entered: fields.map((one) => one.get()) });
      count();
    });
    const others = [...place.querySelectorAll("template.mc-again")];
    const next = make("button", { type: "button" }, "Another one");
    next.addEventListener("click", () => another(place, form, draw + 1, others));
    const buttons = make("div", { class: "mc-buttons" }, make("button", { type: "submit" }, "Check"), ...more, ...others.length ? [next] : []);
    form.append(buttons, verdict, given);
    form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
    place.prepend(form);
    const before = draw ? undefined : kept.get(name).entered;
    if (before) {
      before.forEach((value, k) => { if (value !== "" && fields[k]) fields[k].set(value); });
      if (fields.some((one) => one.judge)) verdict.textContent = kept.get(name).right ? "Right, as checked before." : "";
      else judge();
    }
    return () => {
      kept.drop(name);
      form.reset();
      fields.forEach((one) => { one.clear?.(); one.boxes?.forEach((box) => { box.value = ""; }); one.said.textContent = ""; });
      verdict.textContent = "";
      solution.open = false;
    };
  };

  // The same question with other numbers: some came with the page, Python draws more, and then they begin again.
  const another = async (place, form, draw, others) => {
    const brought = others[draw - 1];
    const drawn = brought ? { question: brought.content.cloneNode(true), ask: brought.dataset.ask }
      : await window.mcWritten.another(place, place.dataset.name, draw);
    if (!drawn) return another(place, form, 1, others);
    const question = place.parentElement.querySelector(".mc-asked-again") ?? place.parentElement.insertBefore(make("div", { class: "mc-asked-again" }), place);
    for (const printed of [...place.parentElement.children]) {
      if (printed !== place && printed !== question && !printed.matches(".admonition-title, [class*=title]")) printed.hidden = true;
    }
    question.replaceChildren(make("p", { class: "mc-small" }, `Set ${draw}. Everyone who picks this set gets the same numbers. The hints and the solution are for the printed ones.`), drawn.question);
    form.remove();
    return start(place, draw, drawn.ask);
  };

  const places = [...document.querySelectorAll(".mc-ask[data-ask]")];
  const clear = places.map((place) => start(place));
  const progress = make("p", { class: "mc-progress" }), done = make("span"), again = make("button", { type: "button" }, "Start again");
  again.addEventListener("click", () => { clear.forEach((one) => one()); count(); });
  const count = () => {
    const right = places.filter((place) => kept.get(place.dataset.name).right).length;
    places.forEach((place) => place.parentElement.classList.toggle("mc-done", Boolean(kept.get(place.dataset.name).right)));
    done.textContent = `${right} of ${places.length} answered on this page. `;
    again.hidden = !places.some((place) => kept.get(place.dataset.name).entered);
  };
  if (places.length) {
    progress.append(done, again);
    let last = [...document.querySelectorAll(".mc-ask")].at(-1);
    while (last.parentElement && !last.matches(".admonition")) last = last.parentElement;
    last.after(progress);
    count();
  }

  // What one does and compares has no form, but hints.
  document.querySelectorAll(".mc-ask:not([data-ask])").forEach((place) => {
    const [more, given] = hinted(place);
    if (more.length) place.prepend(make("div", { class: "mc-buttons" }, ...more), given);
  });

  // On paper the solutions stand at the end of the page.
  const answers = make("section", { class: "mc-answers" });
  window.addEventListener("beforeprint", () => {
    const solutions = [...document.querySelectorAll(".mc-ask > .mc-solution")];
    if (!solutions.length) return;
    answers.replaceChildren(make("h2", {}, "Answers"), ...solutions.map((solution) => {
      const title = solution.closest(".admonition").querySelector(".admonition-title").textContent;
      solution.home = solution.parentElement;
      return make("div", {}, make("p", { class: "mc-answer-of" }, title), solution);
    }));
    document.querySelector("article").append(answers);
  });
  window.addEventListener("afterprint", () => {
    answers.querySelectorAll(".mc-solution").forEach((solution) => solution.home.append(solution));
    answers.remove();
  });
})();
