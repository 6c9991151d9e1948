// A form that only carries on (form[data-go-on]) is sent as soon as the page stands. Without this there is its button.
"use strict";

const form = document.querySelector("form[data-go-on]");
if (form) {
  form.requestSubmit();
}
