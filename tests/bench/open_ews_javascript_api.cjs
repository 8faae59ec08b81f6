// Opens every Inbox with ews-javascript-api, as its documentation has it: one service, the impersonated user set
// before each call, `Folder.Bind`. Prints one line of JSON.
//
//     node open_ews_javascript_api.cjs URL USERS LANES MAILBOXES

const { readFileSync } = require("node:fs");
const ews = require("ews-javascript-api");

const [url, users, lanes, mailboxes] = process.argv.slice(2);
const addresses = readFileSync(users, "utf8").trim().split("\n").slice(1, 1 + Number(mailboxes));

// The service keeps the impersonated user: one service a lane, for lanes work side by side.
function service() {
  const made = new ews.ExchangeService(ews.ExchangeVersion.Exchange2013_SP1);
  made.Credentials = new ews.WebCredentials("CONTOSO\\svc-ews", "pw");
  made.Url = new ews.Uri(url);
  return made;
}

const shape = new ews.PropertySet(ews.BasePropertySet.IdOnly);
let next = 0;
let opened = 0;

async function lane() {
  const own = service();
  while (next < addresses.length) {
    const address = addresses[next++];
    own.ImpersonatedUserId = new ews.ImpersonatedUserId(ews.ConnectingIdType.SmtpAddress, address);
    const folder = await ews.Folder.Bind(own, new ews.FolderId(ews.WellKnownFolderName.Inbox), shape);
    if (folder.Id.UniqueId) opened++;
  }
}

async function main() {
  const started = performance.now();
  await Promise.all(Array.from({ length: Number(lanes) }, lane));
  console.log(JSON.stringify({ opened, seconds: (performance.now() - started) / 1000 }));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
