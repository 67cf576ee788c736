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

function show({ regions, alarms, outbox, services }) {
  const columns = [
    ['alarm', (alarm) => alarm.name],
    ['region', (alarm) => alarm.region],
    ['it means', (alarm) => alarm.meaning],
    ['since', (alarm) => alarm.since ?? ''],
  ];
  fill('alarms', alarms, alarms.length === 0 ? [] : columns);
  at('regions').replaceChildren(...regions.map(regionSection));
  at('outbox-count').textContent = `${outbox.total} mails`;
  fill('outbox', outbox.latest, [
    ['to', (mail) => mail.to],
    ['subject', (mail) => mail.subject],
    ['at', (mail) => mail.at],
  ]);
  fill('services', services, [
    ['service', (s) => s.service],
    ['region', (s) => s.region || 'all'],
    ['backed by', (s) => s.backedBy],
    ['url', (s) => s.url],
  ]);
  if (at('search-region').options.length === 0) {
    at('search-region').append(...regions.map(({ name }) => new Option(name, name)));
    search();
  }
}

function regionSection({ name, consumers, totals, windows, conflicts, deadLetters }) {
  const replicator = consumers.find((consumer) => consumer.name === 'replicator');
  const waiting = replicator ? `${replicator.behind ?? 0} changes on their way to the other region` : '';
  return element('section', { className: 'region' }, [
    element('h2', { textContent: name }, [element('small', { textContent: ` ${waiting}` })]),
    tableOf('', consumers, consumerColumns),
    element('div', { className: 'columns' }, [
      ...totals.map(totalTable),
      windowChart(windows),
      tableOf(`conflicts: ${conflicts.total} versions lost and kept`, conflicts.latest, [
        ['item', (conflict) => conflict.item],
        ['lost', (conflict) => conflict.lost],
        ['won by', (conflict) => [conflict.won, conflict.reason]],
      ]),
      tableOf(`dead letters: ${deadLetters.total || 'none'}`, deadLetters.latest, [
        ['consumer', (letter) => letter.consumer],
        ['code', (letter) => [letter.code, letter.message]],
        ['first seen', (letter) => letter.firstSeen],
      ]),
    ]),
  ]);
}

const consumerColumns = [
  ['consumer', (c) => [c.name, c.summary]],
  ['records behind', (c) => c.behind ?? '–', 'number'],
  ['oldest waits', (c) => (c.iteratorAgeMs === undefined ? '–' : `${(c.iteratorAgeMs / 1000).toFixed(1)} s`), 'number'],
  ['invocations', (c) => c.invocations, 'number'],
  ['errors', (c) => c.functionErrors, 'number'],
  ...['applied', 'duplicate', 'stale', 'filtered', 'deadLettered', 'retry'].map((outcome) => [
    outcome === 'deadLettered' ? 'dead letters' : outcome,
    (c) => c.outcomes[outcome] ?? 0,
    'number',
  ]),
];

/** Changes by minute as bars; the numbers stand beside them. */
function windowChart(windows) {
  const most = Math.max(1, ...windows.map(({ changes }) => changes));
  const chart = tableOf('usage by minute', windows, [
    ['minute', (w) => w.start.slice(11, 16), 'name'],
    ['changes', (w) => w.changes, 'number'],
    ['active users', (w) => `≈ ${w.activeUsers}`, 'number'],
    ['', () => ''],
  ]);
  for (const [row, { changes }] of windows.entries()) {
    const bar = element('meter', { min: 0, max: most, value: changes });
    chart.tBodies[0].rows[row].cells[3].append(bar);
  }
  return chart;
}

function totalTable({ total, groups }) {
  const sums = [...new Set(groups.flatMap((group) => Object.keys(group.sums)))];
  return tableOf(total, groups, [
    ['group', (group) => group.group, 'name'],
    ['count', (group) => group.count, 'number'],
    ...sums.map((name) => [`sum of ${name}`, (group) => group.sums[name] ?? '0', 'number']),
  ]);
}

function element(tag, properties, children = []) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function tableOf(caption, items, columns) {
  const table = document.createElement('table');
  if (caption) table.createCaption().textContent = caption;
  rows(table, items, columns);
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
    const response = await fetch(
      `/api/search?${new URLSearchParams({ q: at('search-words').value, region: at('search-region').value })}`,
    );
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
