// Formulas as another reader understands them: Temml's MathML, and what speech-rule-engine makes of it.
// Takes a list of formulas as JSON, and gives for each the list of its pieces: [kind, text, text ...].
const fs = require("fs");
const path = require("path");
const temml = require("temml");
const speech = require("speech-rule-engine");

const LEAVES = ["identifier", "number"];
const RELATIONS = ["=", "≈", "≠", "<", ">", "≤", "≥"];

function parts(node) {
  const found = [...node.childNodes].find((child) => child.tagName === "children");
  return found ? [...found.childNodes] : [];
}

// The letters and numbers of a piece, one after the other, without the names of functions.
function text(node) {
  if (node.tagName === "identifier" && /^[A-Za-z]{2,}$/.test(node.textContent)) return "";
  if (LEAVES.includes(node.tagName)) return node.textContent.normalize("NFKC").replace(/[\sΔ]/g, "");
  if (node.tagName === "overscore" || node.tagName === "underscore") return text(parts(node)[0]);
  return parts(node).map(text).join("");
}

function walk(node, found) {
  const own = parts(node);
  if (node.tagName === "fraction") found.push(["fraction", text(own[0]), text(own[1])]);
  if (node.tagName === "subscript") found.push(["lower", text(own[0]), text(own[1])]);
  if (node.tagName === "superscript" && text(own[1])) found.push(["upper", text(own[0]), text(own[1])]);
  if (node.tagName === "limboth") found.push(["limits", text(own[1]), text(own[2])]);
  if (["matrix", "vector", "cases"].includes(node.tagName))
    for (const row of own) found.push(["row", row.tagName === "line" ? "1" : String(parts(row).length)]);
  if (node.tagName === "relation" && RELATIONS.includes(node.textContent)) found.push(["relation", node.textContent]);
  for (const child of node.childNodes) if (child.tagName) walk(child, found);
  return found;
}

(async () => {
  const maps = path.join(path.dirname(require.resolve("speech-rule-engine/package.json")), "lib", "mathmaps");
  await speech.setupEngine({ locale: "en", json: maps });
  await speech.engineReady();
  const formulas = JSON.parse(fs.readFileSync(0, "utf8"));
  const told = formulas.map((latex) => {
    const tree = speech.toSemantic(temml.renderToString(latex, { displayMode: true }));
    return walk(tree.documentElement || tree, []);
  });
  console.log(JSON.stringify(told));
})();
