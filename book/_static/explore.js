// Explorers: exchange frames that were drawn when the book was built. No library, no network.
document.querySelectorAll(".mc-explorer").forEach((explorer) => {
  const data = JSON.parse(explorer.querySelector("script").textContent);
  const sliders = [...explorer.querySelectorAll("input")];
  const frame = explorer.querySelector(".mc-frame");
  const said = explorer.querySelector(".mc-said");

  const show = () => {
    let k = 0;
    sliders.forEach((slider, axis) => {
      const at = Number(slider.value);
      const text = data.values[axis][at];
      k = k * data.values[axis].length + at;
      slider.setAttribute("aria-valuetext", text);
      slider.nextElementSibling.textContent = text;
    });
    frame.innerHTML = data.frames[k].map((line) => data.lines[line]).join("\n");
    frame.setAttribute("aria-label", data.said[k] ? data.alt + ". " + data.said[k] : data.alt);
    said.textContent = data.said[k];
  };
  sliders.forEach((slider) => slider.addEventListener("input", show));
  if (sliders.some((slider) => slider.value !== "0")) show(); // a browser that kept the sliders of the last visit
});
