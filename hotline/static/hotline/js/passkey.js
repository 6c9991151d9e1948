// Passkeys: fetches what the server asks (form[data-passkey], data-options), hands it to the browser, and sends back what
// the authenticator answered, as JSON in a hidden field. Nothing is kept here.
"use strict";

const toBytes = (text) => {
  const padded = text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "=");
  return Uint8Array.from(atob(padded), (sign) => sign.charCodeAt(0));
};

const toText = (buffer) => {
  const signs = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(signs).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};

const withBytes = (list) => (list || []).map((item) => ({ ...item, id: toBytes(item.id) }));

const forBrowser = (options) => {
  const asked = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) {
    asked.user = { ...options.user, id: toBytes(options.user.id) };
    asked.excludeCredentials = withBytes(options.excludeCredentials);
  } else {
    asked.allowCredentials = withBytes(options.allowCredentials);
  }
  return asked;
};

const forServer = (credential) => {
  const response = { clientDataJSON: toText(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) {
      response[name] = toText(credential.response[name]);
    }
  }
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    clientExtensionResults: {},
    response,
  });
};

const ask = async (form) => {
  const data = new FormData(form);
  const answer = await fetch(form.dataset.options, { method: "POST", body: new URLSearchParams(data), redirect: "error" });
  if (!answer.ok) {
    throw new Error("refused");
  }
  const publicKey = forBrowser(await answer.json());
  const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
  form.elements.answer.value = forServer(credential);
  form.requestSubmit();
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) {
    continue;
  }
  const button = form.querySelector("[data-passkey-start]");
  const status = form.querySelector("[data-passkey-status]");
  form.querySelector("[data-passkey-without]").remove();
  button.hidden = false;
  button.addEventListener("click", async () => {
    status.textContent = "";
    button.disabled = true;
    try {
      await ask(form);
    } catch {
      status.textContent = form.dataset.refused;
    } finally {
      button.disabled = false;
    }
  });
}
