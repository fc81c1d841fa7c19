// A small editor for Python: CodeMirror 6, bundled by the build (book/_ext) into editor.js.
import { indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { indentUnit, syntaxHighlighting } from "@codemirror/language";
import { Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { minimalSetup } from "codemirror";

// Tab indents, Escape and then Tab leaves, Ctrl or Shift with Enter runs.
window.mcEditor = (place, { text, label, run }) => {
  const go = () => { run?.(); return Boolean(run); };
  const view = new EditorView({
    parent: place,
    doc: text,
    extensions: [
      Prec.highest(keymap.of([{ key: "Mod-Enter", run: go }, { key: "Shift-Enter", run: go }])),
      minimalSetup,
      keymap.of([indentWithTab]),
      indentUnit.of("    "),
      python(),
      syntaxHighlighting(classHighlighter),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": label, autocapitalize: "off", spellcheck: "false" }),
    ],
  });
  return {
    get: () => view.state.doc.toString(),
    set: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    focus: () => view.focus(),
  };
};
