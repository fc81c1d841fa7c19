// Explorers: exchange frames that were drawn when the book was built. Sliders, buttons, handles to drag and
// places to tap all choose a frame. No library, no network.
document.querySelectorAll(".mc-explorer").forEach((explorer) => {
  const data = JSON.parse(explorer.querySelector("script").textContent);
  const [stage, frame, said, numbers] = ["stage", "frame", "said", "numbers"].map((n) => explorer.querySelector(".mc-" + n));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const sizes = data.values.map((texts) => texts.length);
  const index = (at) => at.reduce((k, n, axis) => k * sizes[axis] + n, 0);
  const unfold = (k) => {
    const at = [];
    for (const size of [...sizes].reverse()) {
      at.unshift(k % size);
      k = Math.floor(k / size);
    }
    return at;
  };
  // a frame is kept as runs of lines: first and length of each
  const join = (runs) => {
    const lines = [];
    for (let i = 0; i < runs.length; i += 2) lines.push(...data.lines.slice(runs[i], runs[i] + runs[i + 1]));
    return lines.join("\n");
  };

  // each argument is a slider or a group of buttons
  const controls = [...explorer.querySelectorAll(".mc-control")].map((control, axis) => {
    const inputs = [...control.querySelectorAll("input")];
    const slider = inputs[0].type === "range";
    return {
      inputs,
      get: () => (slider ? Number(inputs[0].value) : inputs.findIndex((input) => input.checked)),
      set: (n) => {
        if (!slider) return (inputs[n].checked = true);
        inputs[0].value = n;
        inputs[0].setAttribute("aria-valuetext", data.values[axis][n]);
        inputs[0].nextElementSibling.textContent = data.values[axis][n];
      },
    };
  });
  let shown = index(data.start);

  const show = (k, glide = true) => {
    if (k === shown) return;
    unfold(k).forEach((n, axis) => controls[axis].set(n));
    const before = glide && !calm.matches ? outlines(frame) : null;
    frame.innerHTML = join(data.frames[k]);
    if (before) slide(before, outlines(frame));
    frame.setAttribute("aria-label", data.said[k] ? data.alt + ". " + data.said[k] : data.alt);
    numbers.innerHTML = join(data.tables[k]);
    said.textContent = data.said[k];
    shown = k;
    knobs.forEach((knob) => knob.rest());
  };
  const listen = () => show(index(controls.map((control) => control.get())));
  controls.forEach((control) => control.inputs.forEach((input) => input.addEventListener("input", listen)));

  // frames that differ from the one shown in these arguments only
  const reach = (moves) => {
    const now = unfold(shown);
    return data.frames.map((_, k) => k).filter((k) => unfold(k).every((n, axis) => moves.includes(axis) || n === now[axis]));
  };
  // distance on the screen from a pointer to a place: a point, or a line through several points
  const distance = (place, event) => {
    const box = frame.getBoundingClientRect();
    const points = [];
    for (let i = 0; i < place.length; i += 2)
      points.push([box.left + (place[i] * box.width) / 1000 - event.clientX, box.top + (place[i + 1] * box.height) / 1000 - event.clientY]);
    if (points.length === 1) return Math.hypot(...points[0]);
    return Math.min(...points.slice(1).map(([x, y], i) => {
      const [a, b] = points[i], [dx, dy] = [x - a, y - b];
      const t = Math.max(0, Math.min(1, -(a * dx + b * dy) / (dx * dx + dy * dy || 1)));
      return Math.hypot(a + t * dx, b + t * dy);
    }));
  };
  const nearest = (grip, event) => {
    let best = [Infinity, shown];
    for (const k of reach(grip.moves)) {
      const far = grip.places[k] ? distance(grip.places[k], event) : Infinity;
      // of two frames at one place, the one shown stays
      if (far < best[0] - 0.5 || (k === shown && far < best[0] + 0.5)) best = [far, k];
    }
    return best;
  };

  const label = (moves) => moves.map((axis) => controls[axis].inputs[0].closest(".mc-control").querySelector(".mc-name").textContent).join(", ");
  const knobs = data.grips.filter((grip) => grip.knob).map((grip) => {
    const knob = document.createElement("span");
    const rest = () => {
      const place = grip.places[shown];
      knob.hidden = !place;
      if (!place) return;
      knob.style.left = place[0] / 10 + "%";
      knob.style.top = place[1] / 10 + "%";
      const now = unfold(shown);
      knob.setAttribute("aria-valuenow", shown);
      knob.setAttribute("aria-valuetext", grip.moves.map((axis) => data.values[axis][now[axis]]).join(", "));
    };
    knob.className = "mc-knob";
    knob.tabIndex = 0;
    for (const [name, value] of Object.entries({ role: "slider", "aria-valuemin": 0, "aria-valuemax": data.frames.length - 1,
      "aria-label": "Handle: " + label(grip.moves) })) knob.setAttribute(name, value);
    knob.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      knob.focus({ focusVisible: false });
      knob.setPointerCapture(event.pointerId);
    });
    knob.addEventListener("pointermove", (event) => knob.hasPointerCapture(event.pointerId) && show(nearest(grip, event)[1]));
    // an arrow key goes to the neighbour that lies most in its direction
    knob.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!way) return;
      event.preventDefault();
      const now = unfold(shown), here = grip.places[shown], box = frame.getBoundingClientRect();
      let best = [0.3, shown];
      grip.moves.forEach((axis) => [-1, 1].forEach((by) => {
        const at = now.map((n, other) => (other === axis ? n + by : n));
        const there = at[axis] >= 0 && at[axis] < sizes[axis] && grip.places[index(at)];
        if (!there) return;
        const [x, y] = [(there[0] - here[0]) * box.width, (there[1] - here[1]) * box.height];
        const along = (x * way[0] + y * way[1]) / (Math.hypot(x, y) || 1);
        if (along > best[0]) best = [along, index(at)];
      }));
      show(best[1]);
    });
    stage.append(knob);
    rest();
    return { rest };
  });

  const taps = data.grips.filter((grip) => !grip.knob);
  const tapped = (event) => taps.map((grip) => nearest(grip, event)).reduce((a, b) => (b[0] < a[0] ? b : a), [Infinity, shown]);
  if (taps.length) {
    frame.addEventListener("click", (event) => { const [far, k] = tapped(event); if (far < 30) show(k); });
    frame.addEventListener("pointermove", (event) => { frame.style.cursor = tapped(event)[0] < 30 ? "pointer" : ""; });
  }
  const hints = [knobs.length && "Drag the ring, or move it with the arrow keys.", taps.length && "Tap the picture."].filter(Boolean);
  if (hints.length) {
    const hint = document.createElement("p");
    hint.className = "mc-hint";
    hint.textContent = hints.join(" ");
    explorer.querySelector(".mc-controls").prepend(hint);
  }
  listen(); // a browser that kept the controls of the last visit
});

// The outlines and dots of a frame by their names: they may glide to where the next frame has them, numbers never do.
function outlines(frame) {
  const found = new Map();
  frame.querySelectorAll("path[d], use[x]").forEach((part) => {
    const group = part.closest("g[id]");
    if (!group || part.closest("defs, [id*='-text_'], [id*='-legend_']")) return;
    const write = part.tagName === "path"
      ? (text) => part.setAttribute("d", text)
      : (text) => text.split(" ").forEach((value, k) => part.setAttribute("xy"[k], value));
    const text = part.getAttribute("d") || part.getAttribute("x") + " " + part.getAttribute("y");
    found.set(group.id + [...group.querySelectorAll(part.tagName)].indexOf(part) + part.tagName, { write, text });
  });
  return found;
}

function slide(before, after) {
  const numbers = /-?[\d.]+/g;
  const moving = [];
  after.forEach((part, name) => {
    const from = before.get(name);
    if (!from || from.text === part.text || from.text.replace(numbers, "") !== part.text.replace(numbers, "")) return;
    moving.push({ ...part, from: from.text.match(numbers).map(Number), to: part.text.match(numbers).map(Number) });
  });
  if (!moving.length) return;
  const start = performance.now();
  const step = (now) => {
    const t = Math.min(1, Math.max(0, (now - start) / 130)), eased = t * (2 - t);
    moving.forEach(({ write, text, from, to }) => {
      let n = -1;
      write(t < 1 ? text.replace(numbers, () => (n++, (from[n] + (to[n] - from[n]) * eased).toFixed(1))) : text);
    });
    if (t < 1) requestAnimationFrame(step);
  };
  step(start);
}
