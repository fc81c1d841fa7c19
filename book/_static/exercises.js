// Exercises: the form below a question, judged here, without a kernel and without a network.
// The first part follows mcbook/exercises/numbers.py, answers.py and diagnosis.py; the sentences (mcWords) come from words.py.
// tests/test_exercises_page.py puts one table of answers to both.
const mcJudge = (() => {
  const unreadable = (key) => Object.assign(new Error(key), { key });
  const finite = (value) => { if (!Number.isFinite(value)) throw unreadable("infinite"); return value; };
  const sum = (list) => list.reduce((a, b) => a + b, 0);
  const equal = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  // numbers.py --------------------------------------------------------------------------------------
  const TOKEN = /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([a-zπ]+)|(\*\*|[-+*/^()]))/y;
  const FUNCTIONS = { sqrt: Math.sqrt, exp: Math.exp, log: Math.log, ln: Math.log, sin: Math.sin, cos: Math.cos,
    tan: Math.tan, tanh: Math.tanh, abs: Math.abs };
  const NAMES = { pi: Math.PI, "π": Math.PI, e: Math.E };
  const SIGNS = { "−": "-", "–": "-", "·": "*", "×": "*", "⋅": "*", "√": " sqrt " };

  const number = (entered) => {
    let text = String(entered).trim().replace(/\.+$/, "").replace(/[−–·×⋅√]/g, (sign) => SIGNS[sign]);
    if (!text || text === "…") throw unreadable("missing");
    if (/^[-+]?[1-9]\d{0,2}([ ,_]\d{3})+(\.\d*)?$/.test(text)) text = text.replace(/[ ,_]/g, "");
    else if (/^[-+]?\d+,\d+$/.test(text)) text = text.replace(",", ".");
    const tokens = [];
    for (let at = 0; at < text.length && text.length <= 200; at = TOKEN.lastIndex) {
      TOKEN.lastIndex = at;
      const token = TOKEN.exec(text);
      if (!token) throw unreadable("unread");
      tokens.push(token);
    }
    let at = 0;
    const sign = () => tokens[at]?.[3];
    const added = () => {
      let value = multiplied();
      while (sign() === "+" || sign() === "-") value += tokens[at++][3] === "+" ? multiplied() : -multiplied();
      return value;
    };
    const multiplied = () => {
      let value = signed();
      while (sign() === "*" || sign() === "/") {
        const times = tokens[at++][3] === "*", more = signed();
        if (!times && more === 0) throw unreadable("infinite");
        value = times ? value * more : value / more;
      }
      return value;
    };
    const signed = () => {
      if (sign() === "-" || sign() === "+") return tokens[at++][3] === "-" ? -signed() : signed();
      const value = atom();
      if (sign() !== "^" && sign() !== "**") return value;
      at++;
      return finite(Math.pow(value, signed()));
    };
    const atom = () => {
      const first = tokens[at++];
      if (!first) throw unreadable("unread");
      if (first[1]) return Number(first[1]);
      if (first[2] in NAMES) return NAMES[first[2]];
      if (first[2] && !(first[2] in FUNCTIONS)) throw unreadable("unread");
      if (first[2] && tokens[at]?.[1]) return finite(FUNCTIONS[first[2]](Number(tokens[at++][1])));     // √3
      if ((first[2] ? tokens[at++] : first)?.[3] !== "(") throw unreadable("unread");
      const value = added();
      if (tokens[at++]?.[3] !== ")") throw unreadable("unread");
      return first[2] ? finite(FUNCTIONS[first[2]](value)) : value;
    };
    const value = added();
    if (at < tokens.length) throw unreadable("unread");
    return finite(value);
  };

  // answers.py: what the fields of a form hold -------------------------------------------------------
  const count = (text) => text.reduce((a, b) => a * b, 1);
  const array = (rows) => {                               // rows of strings
    if (rows.some((row) => row.length !== rows[0].length)) throw unreadable("ragged");
    return { shape: [rows.length, rows[0].length], values: rows.flat().map(number) };
  };
  const choice = (entered) => {
    const text = String(entered).trim().replace(/^[().]+|[().]+$/g, "").toLowerCase();
    if (/^[a-z]$/.test(text)) return text.charCodeAt(0) - 96;
    if (!text) throw unreadable("missing");
    if (!/^\d{1,2}(\.0*)?$/.test(text) || Number(text) < 1) throw unreadable("unread");
    return Number(text);
  };
  const READ = {
    number, choice,
    vector: (row) => ({ shape: [row.length], values: row.map(number) }),
    matrix: array,
    shape: (entered) => {
      const text = String(entered).trim().toLowerCase();
      if (["scalar", "()"].includes(text)) return [];
      const sizes = /^[[(]?\s*(\d{1,9}(?:\s*(?:[x×*,]|by|\s)\s*\d{1,9})*)\s*,?\s*[\])]?$/.exec(text);
      if (!sizes) throw unreadable("unread");
      return sizes[1].match(/\d+/g).map(Number);
    },
    several: (picked) => sorted([...new Set(picked.map(choice))]),
    match: (picked) => picked.map(choice),
    truth: (entered) => {
      const word = String(entered).trim().toLowerCase().replace(/\.+$/, "");
      if (!["yes", "true", "no", "false"].includes(word)) throw unreadable("unread");
      return ["yes", "true"].includes(word);
    },
    pattern: (entered) => {
      const tight = String(entered).toLowerCase().replace(/\s/g, "").replace("→", "->");
      if (String(entered).length > 200) throw unreadable("unread");
      if (!/^[a-z]*(,[a-z]*)*->[a-z]*$/.test(tight)) throw unreadable("unread");
      const names = [];
      return tight.replace(/[a-z]/g, (c) => {
        if (!names.includes(c)) names.push(c);
        return String.fromCharCode(97 + names.indexOf(c));
      });
    },
  };

  // diagnosis.py -------------------------------------------------------------------------------------
  const whole = (value) => Math.abs(value - Math.floor(value + 0.5)) <= 1e-12 * Math.max(Math.abs(value), 1);
  const rounding = (given, wanted, places) => {
    const scaled = given * 10 ** places;
    return Number.isFinite(scaled) && Math.abs(scaled - Math.floor(scaled + 0.5)) <= 1e-6
      && Math.abs(given - wanted) * 10 ** places <= 0.5 * (1 + 1e-9);
  };
  const places = (from, to) => Array.from({ length: Math.max(0, to - from) }, (_, k) => from + k);
  const fits = (given, wanted, digits = 3) => {
    const gap = Math.abs(given - wanted), size = Math.abs(wanted);
    if (whole(wanted)) return gap <= 1e-9 + 1e-12 * size;
    if (gap <= 1e-6 * size) return true;
    const leading = Math.floor(Math.log10(size)) + 1;
    return places(-9, 10).some((p) => rounding(given, wanted, p)
      && (leading + p >= digits || (p >= digits && leading + p >= 2)));
  };
  const agree = (part, plain, wanted, factor = 1) => plain.values.length === wanted.values.length
    && plain.values.every((value, k) => fits(value, factor * wanted.values[k], part.digits));
  const transposed = ({ shape: [rows, columns], values }) =>
    ({ values: values.map((_, k) => values[(k % rows) * columns + Math.floor(k / rows)]) });
  const sorted = (list) => [...list].sort((a, b) => a - b);
  const permuted = (part, plain, wanted) =>
    agree(part, { values: sorted(plain.values) }, { values: sorted(wanted.values) });

  const same = (part, plain, wanted) => {
    if (part.kind === "number") return fits(plain, wanted, part.digits);
    if (part.kind === "vector") return agree(part, plain, wanted);
    if (part.kind === "matrix") return equal(plain.shape, wanted.shape) && agree(part, plain, wanted);
    if (part.kind === "shape" && !wanted.length) return plain.every((size) => size === 1) && plain.length <= 2;
    return equal(plain, wanted);
  };
  const written = (shape) => shape.join(" × ");
  const place = (index, shape) => shape.length === 2 && !shape.includes(1)
    ? `row ${Math.floor(index / shape[1]) + 1}, column ${index % shape[1] + 1}` : `number ${index + 1}`;
  const layout = (part, key) => part.derivative ? key : `${key} asked`;

  const entries = (part, plain) => {
    const { wanted, digits } = part, pairs = plain.values.map((value, k) => [value, wanted.values[k]]), size = pairs.length;
    if (wanted.values.some(Boolean))
      for (const [key, factor] of [["all signs", -1], ["all twice", 2], ["all half", 0.5]])
        if (agree(part, plain, wanted, factor)) return [key, {}];
    const off = [...pairs.keys()].filter((k) => !fits(...pairs[k], digits));
    const flipped = off.every((k) => fits(pairs[k][0], -pairs[k][1], digits));
    const entry = { entry: place(off[0], wanted.shape) };
    if (off.length === 1 && size > 1) return [flipped ? "one sign" : "one", entry];
    if (flipped) return ["signs", entry];
    if (permuted(part, plain, wanted)) return ["order", {}];
    const [given, right] = pairs.reduce((best, pair) => Math.abs(pair[1]) > Math.abs(best[1]) ? pair : best);
    const factor = right ? given / right : 0;
    if (size > 1 && factor && pairs.every(([value, other]) =>
      Math.abs(value - factor * other) <= 1e-3 * Math.abs(factor * other))) return ["all factor", {}];
    return ["values", { wrong: off.length }];
  };

  const DIAGNOSE = {
    number: (part, plain) => {
      const { wanted, digits } = part;
      if (wanted && plain) {
        const leading = Math.floor(Math.log10(Math.abs(wanted))) + 1;
        if (!whole(wanted) && places(1 - leading, 10).some((p) => rounding(plain, wanted, p))) return ["rounded", { digits }];
        for (const [key, other] of [["sign", -wanted], ["twice", 2 * wanted], ["half", wanted / 2], ["inverse", 1 / wanted]])
          if (fits(plain, other, digits)) return [key, {}];
        if (places(-6, 7).some((k) => k && fits(plain, wanted * 10 ** k, digits))) return ["ten", {}];
        if (!whole(wanted) && Math.abs(plain - wanted) <= 0.01 * Math.abs(wanted)) return ["close", {}];
      }
      return ["value", {}];
    },
    vector: (part, plain) => plain.values.length === part.wanted.values.length ? entries(part, plain)
      : ["length", { size: plain.values.length }],
    matrix: (part, plain) => {
      const { wanted } = part, shape = { shape: written(plain.shape) };
      const turned = equal(plain.shape, [...wanted.shape].reverse());
      if (turned && agree(part, transposed(plain), wanted)) return [layout(part, "transposed"), {}];
      if (equal(plain.shape, wanted.shape)) return entries(part, plain);
      if (agree(part, plain, wanted)) return [plain.shape.includes(1) ? "flat" : "arranged", shape];
      if (turned) return ["turned", {}];
      return [permuted(part, plain, wanted) ? "arranged" : "shape", shape];
    },
    shape: (part, plain) => {
      const { wanted } = part;
      if (wanted.length > 1 && equal(plain, [...wanted].reverse())) return [layout(part, "layout"), {}];
      if (wanted.length === 2 && wanted.includes(1) && equal(plain, [Math.max(...wanted)])) return ["bare", {}];
      if (wanted.length > 1 && equal(plain, [count(wanted)])) return ["count", {}];
      if (plain.length !== wanted.length) return ["axes", { axes: plain.length }];
      if (equal(sorted(plain), sorted(wanted))) return ["axis order", {}];
      const off = plain.map((size, k) => size !== wanted[k] ? k + 1 : 0).filter(Boolean);
      return off.length === 1 ? ["one size", { axis: off[0] }] : ["sizes", {}];
    },
    several: (part, plain) => {
      const right = plain.filter((k) => part.wanted.includes(k)).length;
      const counts = { right, extra: plain.length - right, missing: part.wanted.length - right };
      if (!counts.extra && right) return ["lacking", counts];
      return [counts.missing ? "mixed" : "too many", counts];
    },
    match: (part, plain) => plain.length !== part.wanted.length
      ? ["pairs length", { size: part.wanted.length, given: plain.length }]
      : ["pairs", { right: sum(plain.map((k, at) => k === part.wanted[at])), size: plain.length }],
    pattern: (part, plain) => [plain.split("->")[0] === part.wanted.split("->")[0] ? "same letters" : "pattern", {}],
    choice: () => ["choice", {}], truth: () => ["truth", {}],
  };

  // "{size}" is a detail, "{size|# entry|# entries}" says it in the singular or the plural
  const say = (key, details = {}) => window.mcWords.say[key].replace(/\{(\w+)(?:\|([^|]*)\|([^}]*))?\}/g, (_, name, one, more) =>
    one === undefined ? details[name] : (details[name] === 1 ? one : more).replaceAll("#", details[name]));
  const judge = (part, entered) => {
    let plain;
    try {
      if (!String(entered ?? "").replace(/[\s…]/g, "")) throw unreadable("missing");
      plain = READ[part.kind](entered);
    } catch (reason) {
      const key = reason.key || "unread";
      return { right: false, key, words: say(key, { asked: window.mcWords.asked[part.kind] }) };
    }
    if ([part.wanted, ...part.also].some((wanted) => same(part, plain, wanted)))
      return { right: true, key: "right", words: say("right") };
    const known = part.wrong.find(([mistake]) => same(part, plain, mistake));
    if (known) return { right: false, key: "known", words: known[1] };
    const [key, details] = DIAGNOSE[part.kind](part, plain);
    return { right: false, key, words: say(key, details) };
  };
  return { judge, fits, number, say };
})();
if (typeof module !== "undefined") module.exports = mcJudge;
