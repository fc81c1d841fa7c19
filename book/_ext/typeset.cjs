// Formulas to MathML: one JSON request a line ({tex, display}) on standard input, one JSON answer a line.
const temml = require(require.resolve("temml", { paths: [process.argv[2]] }));

require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { tex, display } = JSON.parse(line);
  let answer;
  try {
    answer = { mathml: temml.renderToString(tex, { displayMode: display, throwOnError: true }) };
  } catch (error) {
    answer = { error: String(error.message || error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
});
