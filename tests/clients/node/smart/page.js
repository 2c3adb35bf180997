// The application. `app` (its client id and scopes) is set by who opens the page; `client` is what tests ask further.
const { clientId, scope, iss } = globalThis.app;
const put = (id, text) => {
  document.getElementById(id).textContent = text;
};

async function show(client) {
  globalThis.client = client;
  const patient = await client.patient.read();
  const found = await client.patient.request('Observation?_sort=date&_count=3', { pageLimit: 0, flat: true });
  for (const { code } of found) {
    const item = document.createElement('li');
    item.textContent = code.coding[0].code;
    document.getElementById('observations').append(item);
  }
  put('patient', `${patient.name[0].given[0]} ${patient.name[0].family}`);
}

const problem = (error) => put('problem', error.message);
if (location.pathname === '/launch') {
  FHIR.oauth2.authorize({ clientId, scope, iss, redirectUri: '/', pkceMode: 'required' }).catch(problem);
} else {
  FHIR.oauth2.ready().then(show).catch(problem);
}
