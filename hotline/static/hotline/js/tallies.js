// The triage lines work without this: all are there and the server adds up. This shows a line when it is wanted, the
// fields below an outcome only when it counts as confirmed, and what is left to assess while one types.
"use strict";

for (const block of document.querySelectorAll("[data-tallies]")) {
  const total = block.querySelector(`[name="${block.dataset.prefix}-TOTAL_FORMS"]`);
  const output = block.querySelector("[data-left]");
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  const reportCount = block.closest("form").querySelector("#id_url_count");

  const lines = () => [...block.querySelectorAll("[data-line]")];
  const outcomeOf = (line) => line.querySelector('select[name$="-outcome"]');
  const countOf = (line) => line.querySelector('input[name$="-url_count"]');
  const whole = (text) => (/^[0-9]+$/.test(text.trim()) ? Number(text) : 0);
  const isBlank = (line) => ![...line.querySelectorAll("select, input")].some((control) => control.value);
  const isRefused = (line) => line.querySelector("[aria-invalid]") !== null;

  function showDetails(line) {
    const option = outcomeOf(line).selectedOptions[0];
    const details = line.querySelector("[data-details]");
    const confirmed = Boolean(option && "confirmed" in option.dataset);
    details.hidden = !confirmed && !details.querySelector("[aria-invalid]");
    if (!confirmed && option && option.value) {
      for (const control of details.querySelectorAll("select")) {
        control.value = "";
      }
    }
  }

  function addUp() {
    const all = reportCount ? whole(reportCount.value) : Number(block.dataset.total || 0);
    const counted = lines().reduce((sum, line) => sum + whole(countOf(line).value), 0);
    const open = lines().find((line) => outcomeOf(line).value && !countOf(line).value.trim());
    for (const line of lines()) {
      countOf(line).placeholder = line === open && all > counted ? numbers.format(all - counted) : "";
    }
    const left = open ? Math.min(all - counted, 0) : all - counted;
    output.textContent = numbers.format(left);
    output.parentElement.classList.toggle("tallies__left--over", left < 0);
  }

  function addLine() {
    let line = lines().find((candidate) => candidate.hidden);
    if (!line) {
      const place = Number(total.value);
      const copy = block.querySelector("[data-empty-line]").content.cloneNode(true);
      line = copy.querySelector("[data-line]");
      line.innerHTML = line.innerHTML.replaceAll("__prefix__", String(place));
      line.querySelector("legend").append(String(place + 1));
      total.value = String(place + 1);
      lines().at(-1).after(line);
    }
    line.hidden = false;
    showDetails(line);
    outcomeOf(line).focus();
  }

  let seen = 0;
  for (const line of lines()) {
    line.hidden = isBlank(line) && !isRefused(line) && seen > 0;
    seen += line.hidden ? 0 : isBlank(line) ? 1 : 0;
    showDetails(line);
  }
  const add = block.querySelector("[data-add-line]");
  add.hidden = false;
  add.addEventListener("click", addLine);
  block.closest("form").addEventListener("input", addUp);
  block.addEventListener("change", (event) => {
    const line = event.target.closest("[data-line]");
    if (line) {
      showDetails(line);
    }
    addUp();
  });
  addUp();
}

// A digit picks the option at that place, while the keyboard is in a row of radio buttons.
document.addEventListener("keydown", (event) => {
  const row = event.target.closest && event.target.closest(".segmented");
  if (row && /^[1-9]$/.test(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey) {
    const option = row.querySelectorAll('input[type="radio"]')[Number(event.key) - 1];
    if (option) {
      option.focus();
      option.click();
      event.preventDefault();
    }
  }
  if (event.key === "Enter" && event.ctrlKey) {
    const form = event.target.closest("form");
    if (form) {
      event.preventDefault();
      form.requestSubmit(event.target.closest("button:not([type='button'])"));
    }
  }
});

for (const hint of document.querySelectorAll("[data-needs-script]")) {
  hint.hidden = false;
}
const logForm = document.querySelector("[data-log-form]");
if (logForm && !document.querySelector("[data-error-summary], [data-closed-months]")) {
  (logForm.querySelector('input[name="source"]:checked') || logForm.querySelector('input[name="source"]')).focus();
}
