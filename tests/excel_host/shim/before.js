// Stands, with after.js, around Microsoft's Excel client in answer to the pane's request for office.js. This half opens the
// way by which the client speaks to a native host, and keeps the common API (Office.*) ready.

(() => {
  const host = window.parent.excelHost;
  const succeeded = (value) => ({ status: "succeeded", value });
  const failed = (error) => ({ status: "failed", error: { name: "Error", code: 5000, message: error.message } });
  const answer = (work, done) => Promise.resolve().then(work).then((value) => done?.(succeeded(value)), (error) => done?.(failed(error)));

  window._richApiNativeBridge = {
    sendMessageToHost(text) { host.handle(text, (reply) => this.onMessageFromHost(reply)); },
  };

  const unmodelled = (path, members) => new Proxy(members, {
    get(target, name) {
      if (name in target || typeof name === "symbol" || name === "then" || name === "toJSON") return target[name];
      // Asking whether something exists is allowed, and recorded.
      host.asked ??= new Set();
      host.asked.add(`${path}.${name}`);
      return undefined;
    },
  });

  const documentApi = {
    get url() { return host.fileName; },
    mode: "readWrite",
    settings: {
      get: (name) => host.settings.get(name) ?? null,
      set: (name, value) => { host.settings.set(name, value); },
      remove: (name) => { host.settings.delete(name); },
      saveAsync: (done) => answer(() => undefined, done),
    },
    getFileAsync(kind, options, done) {
      if (kind !== "compressed") { done(failed(new Error(`The test host gives no ${kind} files.`))); return; }
      answer(async () => {
        const file = await host.openFile(options.sliceSize);
        return {
          size: file.size,
          sliceCount: file.slices,
          getSliceAsync: (index, then) => answer(() => { const data = file.slice(index); return { index, size: data.length, data }; }, then),
          closeAsync: (then) => answer(() => file.close(), then),
        };
      }, done);
    },
  };

  window.__commonApi = {
    HostType: { Excel: "Excel" },
    PlatformType: { OfficeOnline: "OfficeOnline", PC: "PC" },
    FileType: { Compressed: "compressed", Text: "text", Pdf: "pdf" },
    AsyncResultStatus: { Succeeded: "succeeded", Failed: "failed" },
    EventType: { DocumentSelectionChanged: "documentSelectionChanged" },
    onReady: (done) => new Promise((resolve) => {
      const tell = () => { const info = { host: "Excel", platform: "OfficeOnline" }; done?.(info); resolve(info); };
      if (document.readyState === "complete") tell();
      else window.addEventListener("load", tell);
    }),
    actions: { associate: (id, body) => { host.actions.set(id, body); } },
    addin: { showAsTaskpane: async () => host.paneVisible(true), hide: async () => host.paneVisible(false) },
    context: unmodelled("Office.context", {
      host: "Excel",
      platform: "OfficeOnline",
      displayLanguage: "en-US",
      contentLanguage: "en-US",
      diagnostics: { host: "Excel", platform: "OfficeOnline", version: "16.0.0.0" },
      officeTheme: { bodyBackgroundColor: "#ffffff", bodyForegroundColor: "#242424", controlBackgroundColor: "#ffffff", controlForegroundColor: "#242424" },
      requirements: { isSetSupported: (name, version) => host.isSetSupported(name, version) },
      ui: { openBrowserWindow: (url) => { host.opened.push(url); } },
      document: documentApi,
    }),
  };
})();
