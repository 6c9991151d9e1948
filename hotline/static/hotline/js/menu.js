// The menu is a <details>, which opens and closes by itself. This closes it as well on Escape and on a click elsewhere.
"use strict";

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except) {
      menu.open = false;
    }
  }
}

document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("details[data-menu]"));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") {
    return;
  }
  const menu = document.activeElement.closest("details[data-menu][open]");
  closeMenus(null);
  if (menu) {
    menu.querySelector("summary").focus();
  }
});
