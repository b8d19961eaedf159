// What makes the page Changes quicker: lists are found as one types, and what is ticked
// stays ticked. Everything works without.
"use strict";

let typing, asking;

// find shows the lists that the form asks for, the first of them again.
async function find(form) {
  asking?.abort();
  asking = new AbortController();
  const fields = new URLSearchParams(new FormData(form));
  fields.delete("at");
  const url = new URL(form.action), ask = { signal: asking.signal };
  if (form.method === "post") Object.assign(ask, { method: "POST", body: fields });
  else url.search = fields;
  const found = document.querySelector("#found"), ticked = () => new FormData(form).getAll("article").join("\n"), sent = ticked();
  found.classList.add("busy");
  try {
    const answer = await fetch(url, ask);
    const fresh = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#found");
    if (!fresh) return form.requestSubmit();
    if (ticked() !== sent) return find(form); // meanwhile, which the answer does not know
    found.replaceWith(fresh);
    if (answer.redirected || form.method !== "post") history.replaceState(null, "", answer.url.replace(/#.*/, ""));
  } catch (error) {
    if (error.name !== "AbortError") found.classList.remove("busy");
  }
}

document.addEventListener("input", (event) => {
  if (!event.target.closest("#review .find")) return;
  clearTimeout(typing);
  typing = setTimeout(find, event.target.matches("select") ? 0 : 120, event.target.form);
});
