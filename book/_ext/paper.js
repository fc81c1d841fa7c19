// One built page as a part of the printed book: explorers as rows of frames, ids and links that hold in one document.
(name) => {
  window.dispatchEvent(new Event("beforeprint"));
  const article = document.querySelector("article.bd-article");
  const make = (tag, style, ...children) => {
    const element = document.createElement(tag);
    element.className = style;
    element.append(...children);
    return element;
  };
  article.querySelectorAll(".mc-explorer").forEach((explorer) => {
    const data = JSON.parse(explorer.querySelector("script").textContent);
    const sizes = data.values.map((texts) => texts.length);
    const join = (runs) => {
      const lines = [];
      for (let i = 0; i < runs.length; i += 2) lines.push(...data.lines.slice(runs[i], runs[i] + runs[i + 1]));
      return lines.join("\n");
    };
    // the control with the most values moves: to its first, its middle and its last
    const axis = sizes.indexOf(Math.max(...sizes)), last = sizes[axis] - 1;
    const places = [...new Set([0, Math.round(last / 2), last])];
    const named = [...explorer.querySelectorAll(".mc-name")].map((label) => label.textContent);
    const frames = places.map((place) => {
      const at = data.start.map((n, k) => (k === axis ? place : n));
      const k = at.reduce((sum, n, j) => sum * sizes[j] + n, 0);
      const picture = make("div", "mc-frame");
      picture.innerHTML = join(data.frames[k]).replaceAll(`${explorer.id}-`, `${explorer.id}-${place}-`);
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", data.said[k] ? `${data.alt}. ${data.said[k]}` : data.alt);
      return make("div", "mc-still", picture, make("p", "", `${named[axis]} ${data.values[axis][place]}`),
        make("p", "mc-said", data.said[k]));
    });
    explorer.replaceWith(make("figure", `mc-explorer mc-strip mc-strip-${frames.length}`, ...frames));
  });
  article.querySelectorAll("script, template, .headerlink, .mc-panel, .mc-checked, .mc-knob, .toctree-wrapper, .copybtn, .mc-runner, "
    + ".mc-hidden:not(.mc-numbers)").forEach((element) => element.remove());
  article.querySelectorAll("details").forEach((details) => { details.open = true; });
  article.querySelectorAll("[tabindex]").forEach((element) => element.removeAttribute("tabindex"));

  const folder = location.href.replace(/book\/.*$/, "book/");
  const own = (id) => `${name}--${id}`;
  article.querySelectorAll("[id]").forEach((element) => { element.id = own(element.id); });
  for (const attribute of ["for", "aria-labelledby", "aria-describedby"])
    article.querySelectorAll(`[${attribute}]`).forEach((element) =>
      element.setAttribute(attribute, element.getAttribute(attribute).split(" ").map(own).join(" ")));
  article.querySelectorAll("img[src]").forEach((image) => { image.src = image.src; });
  article.querySelectorAll("use").forEach((use) => {
    for (const attribute of ["href", "xlink:href"])
      if (use.getAttribute(attribute)?.startsWith("#")) use.setAttribute(attribute, `#${own(use.getAttribute(attribute).slice(1))}`);
  });
  article.querySelectorAll("a[href]").forEach((link) => {
    const [address, hash] = link.href.split("#");
    const page = address.startsWith(folder) ? address.slice(folder.length).replace(/\.html$/, "") : null;
    if (page !== null && address.endsWith(".html")) link.setAttribute("href", `#${page}${hash ? `--${hash}` : ""}`);
    else if (!/^https?:/.test(address)) link.removeAttribute("href");
  });
  return article.innerHTML.replace(/url\((&quot;|["'])?#/g, (start) => `${start}${name}--`);
}
