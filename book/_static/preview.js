// A look at a box or an equation while the pointer rests on a reference to it, or the focus is there.
// The texts (previews.js, written by the build) are fetched at the first look only, by a script element: it works from a folder, too.
(() => {
  const wanted = 'article a.internal[href*="#"]';
  const here = document.currentScript.src;
  let loading, bubble;

  const load = () => loading ||= new Promise((done) => {
    const script = document.createElement("script");
    script.src = here.replace(/preview\.js.*$/, "previews.js");
    script.onload = done;
    document.head.append(script);
  });
  const hide = () => { bubble?.remove(); bubble = undefined; };
  const show = async (link) => {
    await load();
    const text = window.mcPreviews[link.hash.slice(1)];
    if (!text || link.closest(".mc-number") || !link.matches(":hover, :focus")) return;
    hide();
    bubble = document.createElement("div");
    bubble.className = "mc-preview";
    bubble.setAttribute("role", "tooltip");
    bubble.innerHTML = text;
    document.body.append(bubble);
    const at = link.getBoundingClientRect();
    const width = Math.min(460, innerWidth - 24);
    bubble.style.width = `${width}px`;
    bubble.style.left = `${Math.max(12, Math.min(at.left, innerWidth - width - 12)) + scrollX}px`;
    const below = at.bottom + bubble.offsetHeight + 12 < innerHeight || at.top < bubble.offsetHeight + 12;
    bubble.style.top = `${(below ? at.bottom + 8 : at.top - bubble.offsetHeight - 8) + scrollY}px`;
  };

  for (const [on, off] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    document.addEventListener(on, (event) => { const link = event.target.closest?.(wanted); if (link) show(link); });
    document.addEventListener(off, (event) => { if (event.target.closest?.(wanted)) hide(); });
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
})();
