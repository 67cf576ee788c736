// The whole page from one answer of the server, once a second. Every value is set as text, never as HTML.
const at = (id) => document.getElementById(id);

async function refresh() {
  try {
    const response = await fetch('/api/state');
    const state = await response.json();
    if (!response.ok) throw new Error(state.problem);
    show(state);
    at('status').textContent = `live, ${new Date().toLocaleTimeString()}`;
  } catch (error) {
    at('status').textContent = `no answer: ${error.message}`;
  }
  setTimeout(refresh, 1000);
}

function show({ consumers, totals, outbox, deadLetters, services }) {
  fill('consumers', consumers, [
    ['consumer', (c) => [c.name, c.summary]],
    ['records behind', (c) => c.behind ?? '–', 'number'],
    ['oldest waits', (c) => (c.iteratorAgeMs === undefined ? '–' : `${(c.iteratorAgeMs / 1000).toFixed(1)} s`), 'number'],
    ['invocations', (c) => c.invocations, 'number'],
    ['function errors', (c) => c.functionErrors, 'number'],
    ...['applied', 'duplicate', 'stale', 'filtered', 'deadLettered', 'retry'].map((outcome) => [
      outcome === 'deadLettered' ? 'dead letters' : outcome,
      (c) => c.outcomes[outcome] ?? 0,
      'number',
    ]),
  ]);
  at('totals').replaceChildren(...totals.map(totalTable));
  at('outbox-count').textContent = `${outbox.total} mails`;
  fill('outbox', outbox.latest, [
    ['to', (mail) => mail.to],
    ['subject', (mail) => mail.subject],
    ['at', (mail) => mail.at],
  ]);
  at('dead-letters-count').textContent = deadLetters.total === 0 ? 'none' : `${deadLetters.total}`;
  fill('dead-letters', deadLetters.latest, [
    ['consumer', (letter) => letter.consumer],
    ['sequence number', (letter) => letter.sequenceNumber, 'wide'],
    ['code', (letter) => letter.code],
    ['message', (letter) => letter.message, 'wide'],
    ['first seen', (letter) => letter.firstSeen],
  ]);
  fill('services', services, [
    ['service', (s) => s.service],
    ['backed by', (s) => s.backedBy],
    ['url', (s) => s.url],
  ]);
}

function totalTable({ total, groups }) {
  const sums = [...new Set(groups.flatMap((group) => Object.keys(group.sums)))];
  const table = document.createElement('table');
  table.createCaption().textContent = total;
  rows(table, groups, [
    ['group', (group) => group.group, 'name'],
    ['count', (group) => group.count, 'number'],
    ...sums.map((name) => [`sum of ${name}`, (group) => group.sums[name] ?? '0', 'number']),
  ]);
  return table;
}

function fill(id, items, columns) {
  const table = at(id);
  table.replaceChildren();
  rows(table, items, columns);
}

function rows(table, items, columns) {
  const head = table.createTHead().insertRow();
  for (const [title, , kind] of columns) {
    const cell = document.createElement('th');
    cell.textContent = title;
    if (kind) cell.className = kind;
    head.append(cell);
  }
  const body = table.createTBody();
  for (const item of items) {
    const row = body.insertRow();
    for (const [, value, kind] of columns) {
      const cell = row.insertCell();
      // A pair is a name and, below it, what it means.
      const [main, note] = [value(item)].flat();
      cell.textContent = main;
      if (note) cell.append(document.createElement('br'), Object.assign(document.createElement('small'), { textContent: note }));
      if (kind) cell.className = kind;
    }
  }
}

async function search() {
  try {
    const response = await fetch(`/api/search?q=${encodeURIComponent(at('search-words').value)}`);
    const found = await response.json();
    if (!response.ok) throw new Error(found.problem);
    at('search-count').textContent = `${found.total} found`;
    const names = [...new Set(found.documents.flatMap((document) => Object.keys(document)))];
    fill('search-results', found.documents, names.map((name) => [name, (document) => document[name] ?? '']));
  } catch (error) {
    at('search-count').textContent = `no answer: ${error.message}`;
  }
}

at('search-form').addEventListener('submit', (event) => {
  event.preventDefault();
  search();
});
refresh();
search();
