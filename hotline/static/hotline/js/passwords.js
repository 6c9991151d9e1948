// Passwords are typed without this, too. It adds the button that shows what is typed, and takes the code of an invitation
// from the part of the link that stays in the browser.
"use strict";

for (const button of document.querySelectorAll("[data-shows]")) {
  const field = document.getElementById(button.dataset.shows);
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };
  button.hidden = false;
  button.addEventListener("click", () => show(field.type === "password"));
  // Sent as a password, so that no browser keeps it among the things that were typed.
  field.form.addEventListener("submit", () => show(false));
}

const code = document.querySelector("[data-from-link]");
if (code && window.location.hash.length > 1) {
  code.value = decodeURIComponent(window.location.hash.slice(1));
  window.history.replaceState(null, "", window.location.pathname);
  document.querySelector("[name=new_password]").focus();
}
