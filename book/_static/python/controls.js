// What the reader touches: a box for code that the keyboard can leave, and a line that says what Python is doing.
window.mcControls = {
  // Tab indents, Enter keeps the indentation, Escape and then Tab leaves, Ctrl or Shift with Enter runs.
  editor(box, run) {
    let leaving = false;
    const type = (text) => {
      if (!document.execCommand("insertText", false, text)) box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
    };
    const fit = () => {
      box.style.height = "auto";
      box.style.height = `${box.scrollHeight + 2}px`;
    };
    box.addEventListener("input", fit);
    box.addEventListener("blur", () => { leaving = false; });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Tab" && !leaving && !event.shiftKey && !event.ctrlKey && !event.altKey) {
        event.preventDefault();
        type("    ");
      } else if (event.key === "Enter" && (event.ctrlKey || event.shiftKey || event.metaKey)) {
        event.preventDefault();
        run();
      } else if (event.key === "Enter") {
        const line = box.value.slice(0, box.selectionStart).split("\n").pop();
        event.preventDefault();
        type(`\n${line.match(/^\s*/)[0]}${line.trimEnd().endsWith(":") ? "    " : ""}`);
      }
      if (!["Tab", "Shift"].includes(event.key)) leaving = event.key === "Escape";
    });
    fit();
    return fit;
  },

  // A line for sighted and for listening readers: words change a few times, the bar as often as it likes.
  status(place) {
    place.innerHTML = '<progress max="1" value="0" aria-label="loading Python" hidden></progress> <span role="status"></span>';
    const [bar, words] = place.children;
    return (text, share, bytes) => {
      bar.hidden = share === undefined;
      bar.value = share ?? 0;
      const said = bytes ? `${text}, ${(bytes / 1e6).toFixed(1)} MB …` : text;
      if (words.textContent !== said) words.textContent = said;
    };
  },

  // What a reader wrote, as the end of an address, and back.
  packed: (written) => btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(written))))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
  unpacked: (text) => JSON.parse(new TextDecoder().decode(
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0)))),

  // Code may have come with a link: what it shows is text and tables, never a script.
  harmless(html) {
    const held = new DOMParser().parseFromString(html, "text/html").body;
    const tags = "A B BR CAPTION CODE DIV H3 LI OL P PRE SECTION SPAN SUB SUP TABLE TBODY TD TH THEAD TR UL".split(" ");
    for (const element of held.querySelectorAll("*")) {
      const page = /^[\w-]+\.html$/.test(element.getAttribute("href")); // of this book, in the same folder
      if (!tags.includes(element.tagName) || (element.tagName === "A" && !page)) element.remove();
      for (const { name } of [...element.attributes])
        if (!["class", "scope", "tabindex", "role", "aria-label", "colspan", ...(page ? ["href"] : [])].includes(name)) element.removeAttribute(name);
    }
    return held.childNodes;
  },
};
