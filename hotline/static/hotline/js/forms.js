// Forms work without this. It takes the keyboard to what was refused, sends a form only once, and lets a filter
// (form[data-autosubmit]) apply as soon as it is chosen.
"use strict";

const summary = document.querySelector("[data-error-summary]");
if (summary) {
  summary.focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  // One that is answered with a file stays on the page, and may be sent again.
  if (form.method !== "post" || "repeatable" in form.dataset) {
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
});

// A page that comes back from the browser's history may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
  }
});

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form && "autosubmit" in form.dataset) {
    form.requestSubmit();
  }
});
