"use strict";
// Shows /api/openapi.json. Builds nodes, never markup: the page runs under Trusted Types.
const METHODS = ["get", "post", "put", "patch", "delete"];

function element(name, text, className) {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
}

function schemaOf(part) {
  const content = part && part.content ? Object.values(part.content)[0] : undefined;
  return content ? content.schema : undefined;
}

function schemaBlock(title, schema) {
  const block = element("details");
  block.append(element("summary", title), element("pre", JSON.stringify(schema, null, 2)));
  return block;
}

function route(path, method, operation) {
  const card = element("article", undefined, "route");
  const head = element("h3");
  head.append(element("span", method.toUpperCase(), "method " + method), element("code", path));
  card.append(head, element("p", operation.summary));
  const action = operation["x-galen-action"];
  card.append(element("p", action ? "Needs: " + action : "Public: " + operation["x-galen-public"], "needs"));
  const request = schemaOf(operation.requestBody);
  if (request) card.append(schemaBlock("Request", request));
  const answer = schemaOf(operation.responses["2XX"]);
  if (answer && Object.keys(answer).length) card.append(schemaBlock("Answer", answer));
  card.dataset.words = [path, method, operation.summary, action || ""].join(" ").toLowerCase();
  return card;
}

function show(description) {
  document.getElementById("about").textContent =
    description.info.title + " " + description.info.version + ". " + description.info.description;
  const place = document.getElementById("routes");
  for (const tag of description.tags) {
    const section = element("section");
    section.append(element("h2", tag.name), element("p", tag.description));
    for (const [path, operations] of Object.entries(description.paths)) {
      for (const method of METHODS) {
        const operation = operations[method];
        if (operation && operation.tags.includes(tag.name)) section.append(route(path, method, operation));
      }
    }
    place.append(section);
  }
}

function filter(event) {
  const wanted = event.target.value.trim().toLowerCase();
  for (const card of document.querySelectorAll(".route")) card.hidden = !card.dataset.words.includes(wanted);
  for (const section of document.querySelectorAll("#routes section")) {
    section.hidden = !section.querySelector(".route:not([hidden])");
  }
}

fetch("/api/openapi.json")
  .then((response) => {
    if (!response.ok) throw new Error("the server answered " + response.status);
    return response.json();
  })
  .then(show)
  .catch((error) => {
    document.getElementById("about").textContent = "The description could not be loaded: " + error.message;
  });
document.getElementById("filter").addEventListener("input", filter);
