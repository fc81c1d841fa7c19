// The shape drill: endless questions about shapes, axes, sizes, layouts and products, each miss explained.
// The rule is that of mcnotes/shapes.py; tests/test_drill.py puts the same questions to both.
const mcDrill = (() => {
  const counted = (shape) => shape.length === 2 && shape[1] === 1 ? (shape[0] === 1 ? [] : [shape[0]]) : [...shape];
  const product = (sizes) => sizes.reduce((a, b) => a * b, 1);
  const shapeOf = (of, wrt) => {
    const inner = counted(wrt), outer = counted(of), axes = inner.length + outer.length;
    let shape = [...inner, ...outer];
    if (axes <= 2) {
      if (outer.length === 2) shape = [...outer].reverse();
      else if (inner.length === 2 || axes === 0) shape = inner;
      else shape = [inner[0] ?? 1, outer[0] ?? 1];
    }
    return { shape, axes, size: product([...inner, ...outer]) };
  };
  const multiply = (left, right) => left[1] === right[0] ? [left[0], right[1]] : null;

  const KIND = ["scalar", "vector", "matrix"];
  const written = (shape) => shape.length ? `${shape.join("\u00a0×\u00a0")}` : "a number";
  const column = (shape) => shape.length === 1 ? [shape[0], 1] : shape;
  const pick = (random, list) => list[Math.floor(random() * list.length)];
  const sizes = (random, many) => {                         // all different, so that a transposed answer shows
    const all = [2, 3, 4, 5, 6, 7];
    return Array.from({ length: many }, () => all.splice(Math.floor(random() * all.length), 1)[0]);
  };

  // How far a reader has come: which kinds are known there, as [axes of the input, axes of the output], and what can be asked.
  const level = (name, pairs, ...what) => ({ name, pairs, what: ["shape", "size", "product", ...what] });
  const LEVELS = [
    level("X.7: gradients", [[1, 0]]),
    level("X.9: vector derivatives", [[1, 0], [0, 1]], "numerator"),
    level("X.11: vectors and vectors", [[1, 0], [0, 1], [1, 1]], "numerator"),
    level("X.14: matrices as outputs", [[1, 0], [0, 1], [1, 1], [0, 2]], "numerator"),
    level("X.15: matrices as inputs", [[1, 0], [0, 1], [1, 1], [0, 2], [2, 0]], "numerator"),
    level("X.16: all nine kinds", [0, 1, 2].flatMap((inner) => [0, 1, 2].map((outer) => [inner, outer])), "numerator", "axes"),
  ];

  // One question: {what, of, wrt, words: [text or [text, class]], wanted, why}
  const ask = (random, upto = LEVELS.at(-1), what = pick(random, upto.what)) =>
    what === "product" ? askProduct(random) : askDerivative(random, what, upto.pairs);

  const askDerivative = (random, what, pairs) => {
    const [inner, outer] = pick(random, what === "numerator" ? pairs.filter(([i, o]) => i + o === 1 || i + o === 2) : pairs);
    const lengths = sizes(random, inner + outer), wrt = lengths.slice(0, inner), of = lengths.slice(inner);
    const x = ["s", "v", "M"][inner], y = inner || outer ? [inner ? "s" : "t", "w", inner === 2 ? "N" : "M"][outer] : "t";
    const known = shapeOf(of, wrt);
    const about = (letter, shape, name) => [[letter, name], ` is a ${KIND[shape.length]}${shape.length ? ", " + written(column(shape)) : ""}`];
    const words = [...about(x, wrt, "mc-in"), "; ", ...about(y, of, "mc-out"), ". ",
      { shape: "What shape is ", axes: "How many axes does ", size: "How many numbers does ", numerator: "What shape is " }[what],
      ["∂" + y, "mc-out"], "/", ["∂" + x, "mc-in"],
      { shape: "?", axes: " have?", size: " hold?", numerator: " in numerator layout?" }[what]];
    const wanted = { shape: known.shape, axes: known.axes, size: known.size, numerator: [...known.shape].reverse() }[what];
    return { what, of, wrt, words, wanted, why: because(what, x, y, wrt, of, known) };
  };
  const because = (what, x, y, wrt, of, known) => {
    if (what === "axes") return `Axes add up. ${x} has ${wrt.length} and ${y} has ${of.length}, which makes ${known.axes}.`;
    if (what === "size")
      return `Each entry of ${x} pairs with each entry of ${y}, which makes ${product(wrt)} · ${product(of)} = ${known.size}.`;
    if (what === "numerator")
      return `Numerator layout is the transpose. In this book it would be ${written(known.shape)}, because the inputs are its rows.`;
    if (known.axes > 2)
      return `No matrix has ${known.axes} axes. Those of the input ${x} come first, then those of the output ${y}: ${written(known.shape)}.`;
    if (known.axes === 0) return "One input and one output make a single number.";
    if (of.length === 2)
      return `A number goes in, and outputs run sideways. So ${y} has its sides swapped, and ${written(of)} becomes ${written(known.shape)}.`;
    if (wrt.length === 2)
      return `A number comes out, so each entry of ${x} has one derivative, in its own place: ${written(known.shape)}, like ${x} itself.`;
    const rows = wrt.length ? `one row for each entry of ${x}` : `one row, because ${x} is a number`;
    const columns = of.length ? `one column for each entry of ${y}` : `one column, because ${y} is a number`;
    return `There is ${rows}, and there is ${columns}: ${written(known.shape)}.`;
  };
  const askProduct = (random) => {
    const [a, b, c] = sizes(random, 3), fits = random() < 0.5;
    const turned = [random() < 0.4, random() < 0.4];
    const other = fits ? b : pick(random, [a, c].filter((n) => n !== b));
    const left = [a, b], right = [other, fits ? c : (other === c ? a : c)];
    const as = (shape, k) => turned[k] ? [...shape].reverse() : shape;      // as it is written before the transpose
    const names = ["P", "Q"].map((name, k) => name + (turned[k] ? "ᵀ" : ""));
    const words = [`P is ${written(as(left, 0))}, Q is ${written(as(right, 1))}. What shape is ${names.join(" ")}? `,
      "Write no if they don’t fit."];
    const wanted = multiply(left, right);
    const seen = `(${written(left)})(${written(right)})`;
    return { what: "product", of: as(right, 1), wrt: as(left, 0), turned, words, wanted,
      why: wanted ? `In ${seen}, both inner sizes are ${b}, and the outer ones remain: ${written(wanted)}.`
        : `In ${seen}, the inner sizes are ${left[1]} and ${right[0]}, so they don’t fit.` };
  };

  // What is said to an answer: by the judge of the exercises, and no for a product that does not fit.
  const judge = (question, text, judging) => {
    const no = /^(no|none|-|does not fit|they do not fit|they don.?t fit)\.?$/i.test(text.trim());
    const say = (right, words) => ({ right, words });
    if (question.what === "product" && text.trim()) {
      if (no) return say(!question.wanted, question.wanted ? "They do fit." : "Right.");
      if (!question.wanted) {
        const shape = judging.judge({ kind: "shape", wanted: [0, 0], also: [], wrong: [], derivative: false }, text);
        return say(false, shape.key === "unread" ? shape.words : "These two don’t fit, so there is no product.");
      }
    }
    const kind = Array.isArray(question.wanted) ? "shape" : "number";
    const layout = question.what === "numerator";
    const judged = judging.judge({ kind, wanted: question.wanted, also: [], digits: 3, derivative: question.what === "shape",
      wrong: layout && question.wanted.length === 2 ? [[[...question.wanted].reverse(), "That is the layout of this book."]] : [] }, text);
    if (question.what === "product" && judged.key === "axes") judged.words = "A product of two matrices has rows and columns.";
    return { right: judged.right, key: judged.key, words: judged.words };
  };
  return { ask, judge, shapeOf, multiply, LEVELS };
})();

if (typeof module !== "undefined") module.exports = mcDrill;
else document.querySelectorAll(".mc-drill").forEach((place) => {
  const KEY = "mc-drill";
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const load = () => { try { return JSON.parse(localStorage.getItem(KEY)); } catch { return null; } };
  const save = () => { try { localStorage.setItem(KEY, JSON.stringify(score)); } catch { /* not kept */ } };
  const fresh = (upto = 0) => ({ right: 0, asked: 0, row: 0, missed: {}, upto });
  let score = { ...fresh(), ...load() }, question, open;

  const words = make("p", { class: "mc-drill-question", id: "mc-drill-question" });
  const input = make("input", { type: "text", size: 15, "aria-labelledby": "mc-drill-question", autocomplete: "off",
    autocapitalize: "off", spellcheck: "false", enterkeyhint: "done" });
  const button = make("button", { type: "submit" }, "Check"), skip = make("button", { type: "button" }, "Show me");
  const said = make("div", { class: "mc-verdict", role: "status" }), why = make("p", { class: "mc-drill-why", "aria-live": "polite" });
  const counts = make("span"), again = make("button", { type: "button" }, "Start again");
  const upto = make("select", {}, ...mcDrill.LEVELS.map((one, k) => make("option", { value: k }, one.name)));
  const form = make("form", { class: "mc-form" }, make("label", { class: "mc-drill-upto" }, "Questions up to ", upto), words, input, make("div", { class: "mc-buttons" }, button, skip), said, why);

  const count = () => {
    counts.textContent = score.asked ? `${score.right} of ${score.asked} right, ${score.row} in a row. ` : "No question answered yet. ";
    again.hidden = !score.asked;
  };
  const next = () => {
    // what was missed comes back sooner
    const known = mcDrill.LEVELS[score.upto];
    const pool = known.what.flatMap((what) => Array(1 + Math.min(3, score.missed[what] || 0)).fill(what));
    question = mcDrill.ask(Math.random, known, pool[Math.floor(Math.random() * pool.length)]);
    open = true;
    words.replaceChildren(...question.words.map((part) => Array.isArray(part) ? make("i", { class: part[1] }, part[0]) : part));
    input.value = said.textContent = why.textContent = "";
    button.textContent = "Check";
    skip.hidden = false;
  };
  const close = (right) => {
    score.asked++;
    score.right += right;
    score.row = right ? score.row + 1 : 0;
    score.missed[question.what] = Math.max(0, (score.missed[question.what] || 0) + (right ? -1 : 1));
    open = false;
    why.textContent = question.why;
    button.textContent = "Next";
    skip.hidden = true;
    save();
    count();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!open) { next(); input.focus(); return; }
    const judged = mcDrill.judge(question, input.value, mcJudge);
    said.textContent = judged.right ? "Right." : judged.words;
    said.className = `mc-verdict ${judged.right ? "mc-right" : "mc-wrong"}`;
    if (judged.key === "missing" || judged.key === "unread") return;         // nothing was answered
    close(judged.right);
  });
  skip.addEventListener("click", () => { said.textContent = ""; close(false); button.focus(); });
  upto.addEventListener("change", () => { score.upto = Number(upto.value); save(); next(); });
  again.addEventListener("click", () => { score = fresh(score.upto); save(); count(); next(); });
  place.replaceChildren(form, make("p", { class: "mc-progress" }, counts, again));
  upto.value = score.upto;
  count();
  next();
});
