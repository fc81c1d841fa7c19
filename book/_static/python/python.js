// Python in the page: Pyodide in a worker, out of parts that the build put beside this file (book/_ext/pyodide.py).
// From a server the parts are fetched; from a folder, where a page may not fetch, each comes as a script with base64.
window.mcPython = (() => {
  const base = document.currentScript.src.replace(/[^/]*$/, "");
  const held = {}; // part -> promise of its bytes, unpacked
  const arriving = {}; // part -> what its script calls when it is there

  window.mcPythonPart = (name, text) => arriving[name](text);

  const fromFolder = (name, version) => new Promise((done, failed) => {
    // the browser decodes an address with data in it, and the page need not wait
    arriving[name] = (text) => done(fetch(`data:application/gzip;base64,${text}`).then((answer) => answer.blob()));
    const script = document.createElement("script");
    script.src = `${base}${name}.gz.js?${version}`;
    script.onerror = () => failed(new Error(`${name}.gz.js is missing beside the pages`));
    script.onload = () => script.remove();
    document.head.append(script);
  });

  const fromServer = async (name, version, progress) => {
    const answer = await fetch(`${base}${name}.gz?${version}`);
    if (!answer.ok) throw new Error(`${name}.gz: the server answers ${answer.status}`);
    const pieces = [];
    const reader = answer.body.getReader();
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      pieces.push(value);
      progress(value.length);
    }
    return new Blob(pieces);
  };

  const part = async (name, { size, version }, progress) => {
    let packed;
    if (location.protocol === "file:") {
      packed = await fromFolder(name, version);
      progress(size);
    } else packed = await fromServer(name, version, progress);
    const [first] = new Uint8Array(await packed.slice(0, 1).arrayBuffer());
    if (first !== 0x1f) return packed.arrayBuffer(); // a server that said "gzip" itself: the browser has unpacked it
    return new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  };

  // Runs in the worker, as text: it sees nothing of this file.
  const worker = () => {
    const start = async (files) => {
      const serve = { "pyodide.asm.wasm": ["wasm", "application/wasm"], "python_stdlib.zip": ["library", "application/zip"] };
      self.fetch = async (address) => {
        const name = String(address.url ?? address).split("/").pop();
        if (name === "pyodide-lock.json") return new Response(self.mcLock);
        const [file, type] = serve[name];
        return new Response(files[file], { headers: { "Content-Type": type } });
      };
      const python = await self.loadPyodide({ indexURL: "https://pyodide.invalid/", env: { HOME: "/home/reader", MCNOTES_BOOK: "1" } });
      self.unpack = (name) => python.unpackArchive(files[name] ?? name, "zip", { extractDir: "/lib/python3.12/site-packages" });
      self.postMessage({ stage: "NumPy" });
      ["numpy", "mcnotes"].forEach(self.unpack);
      const answer = python.pyimport("mcbook.inpage").answer;
      // code that came with a link reaches nothing outside of this worker
      for (const way of ["fetch", "XMLHttpRequest", "WebSocket", "EventSource", "importScripts", "indexedDB", "caches", "Worker"])
        Object.defineProperty(self, way, { value: undefined });
      return answer;
    };
    let answer;
    self.onmessage = async ({ data: { id, files, pictures, request } }) => {
      try {
        if (files) answer = await start(files);
        if (pictures) self.unpack(pictures);
        self.postMessage({ id, text: request ? answer(request) : "" });
      } catch (error) {
        self.postMessage({ id, fault: String(error.message ?? error).trim().split("\n").pop() });
      }
    };
  };

  const NEEDED = ["script", "wasm", "library", "numpy", "mcnotes"];

  const script = (name) => new Promise((done, failed) => {
    const element = document.createElement("script");
    Object.assign(element, { src: base + name, onload: done, onerror: () => failed(new Error(`${name} is missing`)) });
    document.head.append(element);
  });

  return class Python {
    // said(words, share) is told how far the loading is
    constructor(said) {
      Object.assign(this, { said, waiting: new Map(), count: 0 });
    }

    get running() { return this.waiting.size > 0; }

    async load(names, what) {
      await (held.parts ??= script("parts.js"));
      this.parts = window.mcPythonParts; // name -> {size, version}, written by the build
      const total = names.reduce((sum, name) => sum + this.parts[name].size, 0);
      let there = 0;
      const progress = (bytes) => {
        there += bytes;
        this.said(`Loading ${what}`, Math.min(there / total, 1), total);
      };
      const one = (name) => (held[name] ??= part(name, this.parts[name], progress).catch((error) => {
        delete held[name];
        throw error;
      }));
      return Promise.all(names.map(async (name) => [name, await one(name)])).then(Object.fromEntries);
    }

    // A worker with Python in it; the parts are kept, so that a second start loads nothing.
    start() {
      return (this.started ??= this.begin().catch((error) => {
        this.end(error);
        throw error;
      }));
    }

    async begin() {
      const files = await this.load(NEEDED, "Python");
      this.said("Starting Python");
      const address = URL.createObjectURL(new Blob([files.script, `\n(${worker})();`], { type: "text/javascript" }));
      const own = (this.worker = new Worker(address));
      own.onmessage = ({ data: { id, text, fault, stage } }) => {
        if (stage) return this.said(`Starting ${stage}`);
        const [done, failed] = this.waiting.get(id);
        this.waiting.delete(id);
        if (fault === undefined) done(text);
        else failed(new Error(fault));
      };
      own.onerror = (event) => this.end(new Error(event.message));
      const { script, ...rest } = files;
      await this.post({ files: rest });
      URL.revokeObjectURL(address);
    }

    post(message) {
      const id = this.count++;
      return new Promise((done, failed) => {
        this.waiting.set(id, [done, failed]);
        this.worker.postMessage({ id, ...message });
      });
    }

    // Call a function of mcbook.inpage, by name, with named arguments.
    async ask(name, given) {
      await this.start();
      return JSON.parse(await this.post({ request: JSON.stringify({ do: name, with: given }) }));
    }

    async pictures() {
      await this.start();
      const { pictures } = await this.load(["pictures"], "pictures");
      this.drawing ??= this.post({ pictures });
      await this.drawing;
    }

    // End whatever runs; the next question starts anew.
    stop() { this.end(new Error("stopped")); }

    end(error) {
      this.worker?.terminate();
      for (const [, failed] of this.waiting.values()) failed(error);
      this.waiting.clear();
      this.worker = this.started = this.drawing = undefined;
    }
  };
})();
