// After the client: the common API takes the place of what the client left, and worksheet functions reach the host.

(() => {
  const host = window.parent.excelHost;
  const left = Object.fromEntries(Object.getOwnPropertyNames(window.Office ?? {}).map((name) => [name, Object.getOwnPropertyDescriptor(window.Office, name)?.value]));
  window.Office = { ...left, ...window.__commonApi };
  delete window.__commonApi;
  if (host.checksSets) window.OfficeExtension.CommonUtility._doApiNotSupportedCheck = true;

  class FunctionError extends Error {
    constructor(code, message) {
      super(message);
      this.code = code;
    }
  }
  window.CustomFunctions = {
    associate: (ids, body) => {
      for (const [id, one] of Object.entries(typeof ids === "string" ? { [ids]: body } : ids)) host.registerFunction(id, one);
    },
    Error: FunctionError,
    ErrorCode: {
      invalidValue: "#VALUE!", notAvailable: "#N/A", divisionByZero: "#DIV/0!", invalidNumber: "#NUM!", nullReference: "#NULL!",
      invalidName: "#NAME?", invalidReference: "#REF!",
    },
  };
})();
