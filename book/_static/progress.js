// The page that shows what is done: read from what the exercises keep in this browser, saved to a file and read back.
(() => {
  const KEY = "mc-exercise-";
  const home = document.querySelector(".mc-home");
  const links = [...home.querySelectorAll("[data-name]")];
  const count = home.querySelector(".mc-home-count");
  const all = () => Object.fromEntries(Object.keys(localStorage).filter((key) => key.startsWith(KEY))
    .map((key) => [key.slice(KEY.length), JSON.parse(localStorage.getItem(key))]));

  const draw = (said = "") => {
    const kept = all();
    let right = 0;
    for (const link of links) {
      const one = kept[link.dataset.name];
      const state = one?.right ? "done" : one ? "tried" : "not yet";
      right += one?.right ? 1 : 0;
      link.classList.toggle("mc-done", state === "done");
      link.classList.toggle("mc-tried", state === "tried");
      link.setAttribute("aria-label", `exercise ${link.dataset.name}, ${state}`);
    }
    count.textContent = `${said}${right} of ${links.length} exercises are done.`;
  };

  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify({ book: "matrix derivatives", exercises: all() }, null, 1)], { type: "application/json" }));
    link.download = "matrix-derivatives-progress.json";
    link.click();
    URL.revokeObjectURL(link.href);
  };

  // A file adds to what is here; what is done in either place stays done.
  const read = async (file) => {
    try {
      const { book, exercises } = JSON.parse(await file.text());
      if (book !== "matrix derivatives" || typeof exercises !== "object") throw new Error("another file");
      const kept = all();
      const known = new Set(links.map((link) => link.dataset.name));
      const good = Object.entries(exercises).filter(([name, one]) => known.has(name) && Array.isArray(one?.entered));
      for (const [name, one] of good) {
        if (!kept[name]?.right) localStorage.setItem(KEY + name, JSON.stringify({ right: Boolean(one.right), entered: one.entered }));
      }
      draw(`Read ${good.length} ${good.length === 1 ? "answer" : "answers"} from the file. `);
    } catch {
      draw("This file holds no progress of this book, so nothing was changed. ");
    }
  };

  const [button, input] = [home.querySelector("[data-do=save]"), home.querySelector("input[type=file]")];
  button.addEventListener("click", save);
  input.addEventListener("change", () => { if (input.files[0]) read(input.files[0]); input.value = ""; });
  button.parentElement.hidden = false;
  draw();
})();
